import { z } from "zod";
import type { IssueFacts } from "../../planning/application/commands.ts";
import type { RepositoryRef } from "../client/octokit.ts";

/** Payloads of webhooks, asking only for the fields that are used. Field names are GitHub's. */

const user = z.object({ id: z.int(), login: z.string() });
const repository = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string().optional(),
});
const via = z.object({ id: z.int() }).nullish();
const label = z.object({ name: z.string() });

const common = { installation: z.object({ id: z.int() }), repository, sender: user };

const issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.string().optional(),
  state_reason: z.string().nullish(),
  user: user.nullable(),
  labels: z.array(label).default([]),
  milestone: z.object({ number: z.int(), title: z.string() }).nullish(),
  updated_at: z.string(),
  pull_request: z.unknown().optional(),
  issue_dependencies_summary: z.object({ blocked_by: z.int() }).nullish(),
});

export type IssuePayload = z.infer<typeof issue>;

export const issuesPayload = z.object({ ...common, action: z.string(), issue, label: label.optional() });

export type IssuesPayload = z.infer<typeof issuesPayload>;

export const issueCommentPayload = z.object({
  ...common,
  action: z.string(),
  issue,
  comment: z.object({
    id: z.int(),
    body: z.string(),
    created_at: z.string(),
    user: user.nullable(),
    performed_via_github_app: via,
  }),
});

const pullRequest = z.object({
  number: z.int(),
  state: z.string(),
  merged: z.boolean().optional(),
  merge_commit_sha: z.string().nullish(),
  updated_at: z.string(),
  head: z.object({ ref: z.string(), sha: z.string(), repo: z.object({ id: z.int() }).nullable() }),
});

export const pullRequestPayload = z.object({
  ...common,
  action: z.string(),
  pull_request: pullRequest,
  label: label.optional(),
});

export const reviewPayload = z.object({
  ...common,
  pull_request: pullRequest.pick({ number: true }),
  review: z.object({
    id: z.int(),
    state: z.string(),
    body: z.string().nullish(),
    commit_id: z.string().nullable(),
    user: user.nullable(),
    performed_via_github_app: via,
  }),
});

export const pushPayload = z.object({
  ...common,
  ref: z.string(),
  after: z.string(),
  created: z.boolean(),
  deleted: z.boolean(),
  commits: z
    .array(
      z.object({
        id: z.string(),
        added: z.array(z.string()).default([]),
        modified: z.array(z.string()).default([]),
        removed: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  head_commit: z.object({ id: z.string(), tree_id: z.string(), message: z.string() }).nullish(),
});

export type PushPayload = z.infer<typeof pushPayload>;

export const checkRunPayload = z.object({
  ...common,
  action: z.string(),
  check_run: z.object({
    name: z.string(),
    app: z.object({ id: z.int() }).nullish(),
    check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
    pull_requests: z.array(z.object({ number: z.int() })).default([]),
  }),
});

const installed = z.object({ id: z.int(), full_name: z.string() });

export const installationPayload = z.object({
  installation: z.object({ id: z.int() }),
  repositories: z.array(installed).optional(),
  repositories_added: z.array(installed).optional(),
});

/** The repository that a payload is about. */
export function repositoryOf(payload: {
  readonly installation: { readonly id: number };
  readonly repository: z.infer<typeof repository>;
}): RepositoryRef {
  const { id, name, owner } = payload.repository;
  return { installation: payload.installation.id, repository: id, owner: owner.login, repo: name };
}

/** What a payload says about an issue. An author whose account is gone ("ghost") is nobody in particular. */
export function issueFactsOf(ref: RepositoryRef, from: IssuePayload, deliveryId: string): IssueFacts {
  const blockers = from.issue_dependencies_summary?.blocked_by;
  return {
    ...ref,
    issueNumber: from.number,
    title: from.title,
    body: from.body ?? "",
    labels: from.labels.map((each) => each.name),
    ...(blockers === undefined ? {} : { openBlockers: blockers }),
    milestone: from.milestone ?? null,
    author: from.user === null ? { id: 0, login: "ghost" } : { id: from.user.id, login: from.user.login },
    updatedAt: from.updated_at,
    deliveryId,
  };
}
