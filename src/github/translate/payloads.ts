import { z } from "zod";
import { PermanentError } from "../../kernel/errors.ts";
import type { IssueFacts } from "../../planning/application/commands.ts";
import type { RepositoryRef } from "../client/octokit.ts";

/**
 * Payloads of webhooks, asking only for the fields that are used. Field names are GitHub's. What GitHub always sends but
 * the road can do without may be missing or null: versions of GitHub Enterprise Server and GitHub-compatible servers
 * differ in it.
 */

/** A payload without its shape is the same at every attempt, so the job ends at once. */
function payloadOf<Shape extends z.ZodRawShape>(event: string, shape: Shape) {
  const schema = z.object(shape);
  return {
    safeParse: (payload: unknown) => schema.safeParse(payload),
    parse(payload: unknown): z.infer<typeof schema> {
      const parsed = schema.safeParse(payload);
      if (parsed.success) return parsed.data;
      const paths = parsed.error.issues.map((each) => each.path.join(".") || "(root)").join(", ");
      throw new PermanentError(`The payload of ${event} does not have its shape at: ${paths}`, { cause: parsed.error });
    },
  };
}

/** A list of which nothing is known is empty. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

const user = z.object({ id: z.int(), login: z.string(), type: z.string().nullish() });
/** An account that is gone: nobody in particular, who holds no role. */
export const ghost: z.infer<typeof user> = { id: 0, login: "ghost" };
const repository = z.object({
  id: z.int(),
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string().nullish(),
});
const via = z.object({ id: z.int().optional() }).nullish();
const label = z.object({ name: z.string(), description: z.string().nullish() });
/** GitHub's REST answers may give a label as its bare name; some servers do so in webhooks. */
const listedLabel = z.union([label, z.string().transform((name) => ({ name }))]);

const common = { installation: z.object({ id: z.int() }), repository, sender: user };

const issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state_reason: z.string().nullish(),
  user: user.nullish(),
  labels: listOf(listedLabel),
  milestone: z.object({ number: z.int(), title: z.string() }).nullish(),
  updated_at: z.string(),
  pull_request: z.unknown().optional(),
  issue_dependencies_summary: z.object({ blocked_by: z.int(), total_blocking: z.int().default(0) }).nullish(),
  parent_issue_url: z.string().nullish(),
});

export type IssuePayload = z.infer<typeof issue>;

const issueChanges = z.object({
  title: z.object({ from: z.string() }).nullish(),
  new_issue: z.object({ number: z.int() }).nullish(),
  new_repository: z.object({ full_name: z.string() }).nullish(),
});

export const issuesPayload = payloadOf("issues", {
  ...common,
  action: z.string(),
  issue,
  label: label.nullish(),
  changes: issueChanges.nullish(),
});

export type IssuesPayload = ReturnType<typeof issuesPayload.parse>;

export const issueCommentPayload = payloadOf("issue_comment", {
  ...common,
  sender: user.nullish().transform((sender) => sender ?? ghost),
  action: z.string(),
  issue,
  comment: z.object({
    id: z.int(),
    body: z.string(),
    created_at: z.string(),
    updated_at: z.string().nullish(),
    user: user.nullish(),
    performed_via_github_app: via,
  }),
  /** What an edit replaced. */
  changes: z.object({ body: z.object({ from: z.string() }).nullish() }).nullish(),
});

export type IssueCommentPayload = ReturnType<typeof issueCommentPayload.parse>;

const pullRequest = z.object({
  number: z.int(),
  merged: z.boolean().nullish(),
  merge_commit_sha: z.string().nullish(),
  updated_at: z.string(),
  labels: listOf(listedLabel),
  base: z.object({ ref: z.string() }).nullish(),
  head: z.object({ ref: z.string(), sha: z.string(), repo: z.object({ id: z.int() }).nullish() }),
});

export const pullRequestPayload = payloadOf("pull_request", {
  ...common,
  action: z.string(),
  pull_request: pullRequest,
  label: label.nullish(),
  changes: z.object({ base: z.unknown().optional() }).nullish(),
});

export const reviewPayload = payloadOf("pull_request_review", {
  ...common,
  action: z.string().nullish(),
  pull_request: z.object({
    number: z.int(),
    updated_at: z.string().nullish(),
    head: z.object({ ref: z.string().nullish(), sha: z.string(), repo: z.object({ id: z.int() }).nullish() }).nullish(),
  }),
  review: z.object({
    id: z.int(),
    state: z.string(),
    body: z.string().nullish(),
    commit_id: z.string().nullish(),
    user: user.nullish(),
    performed_via_github_app: via,
  }),
});

export type ReviewPayload = ReturnType<typeof reviewPayload.parse>;

const pushed = z.object({
  id: z.string(),
  added: listOf(z.string()),
  modified: listOf(z.string()),
  removed: listOf(z.string()),
});

export const pushPayload = payloadOf("push", {
  ...common,
  ref: z.string(),
  after: z.string(),
  created: z.boolean().nullish(),
  deleted: z.boolean().nullish(),
  commits: listOf(pushed),
});

export type PushPayload = ReturnType<typeof pushPayload.parse>;

export const checkRunPayload = payloadOf("check_run", {
  ...common,
  action: z.string(),
  check_run: z.object({
    name: z.string(),
    head_sha: z.string().optional(),
    app: z.object({ id: z.int() }).nullish(),
    check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
    pull_requests: listOf(z.object({ number: z.int() })),
  }),
  /** The button that somebody pressed. */
  requested_action: z.object({ identifier: z.string() }).nullish(),
});

export const labelPayload = payloadOf("label", {
  ...common,
  action: z.string(),
  label,
  changes: z.object({ name: z.object({ from: z.string() }).nullish() }).nullish(),
});
export type CheckRunPayload = ReturnType<typeof checkRunPayload.parse>;

const installed = z.object({ id: z.int(), full_name: z.string() });

export const installationPayload = payloadOf("installation", {
  installation: common.installation,
  repositories: listOf(installed),
  repositories_added: listOf(installed),
});

export const repositoryPayload = payloadOf("repository", { ...common, action: z.string() });

export const membershipPayload = payloadOf("membership", {
  installation: common.installation,
  member: user.nullish(),
});

export const memberPayload = payloadOf("member", { ...common, member: user.nullish() });

export const organizationPayload = payloadOf("organization", {
  installation: common.installation,
  membership: z.object({ user: user.nullish() }).nullish(),
});

export const teamPayload = payloadOf("team", {
  installation: common.installation,
  organization: z.object({ login: z.string() }),
  action: z.string(),
});

export const milestonePayload = payloadOf("milestone", {
  ...common,
  action: z.string(),
  milestone: z.object({ number: z.int(), title: z.string(), updated_at: z.string() }),
});

const shortIssue = z.object({ number: z.int(), updated_at: z.string() });
const otherRepository = z.object({ id: z.int() }).nullish();

export const subIssuesPayload = payloadOf("sub_issues", {
  ...common,
  action: z.string(),
  sub_issue: shortIssue,
  parent_issue: shortIssue,
  parent_issue_repo: otherRepository,
});

export type SubIssuesPayload = ReturnType<typeof subIssuesPayload.parse>;

export const issueDependenciesPayload = payloadOf("issue_dependencies", {
  ...common,
  action: z.string(),
  blocked_issue: shortIssue,
  blocking_issue: shortIssue,
  blocking_issue_repo: otherRepository,
});

export const deletePayload = payloadOf("delete", { ...common, ref: z.string(), ref_type: z.string() });

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
    author: from.user ? { id: from.user.id, login: from.user.login } : ghost,
    updatedAt: from.updated_at,
    deliveryId,
  };
}
