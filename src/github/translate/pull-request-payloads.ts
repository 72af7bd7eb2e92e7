import { z } from "zod";
import {
  comment,
  common,
  ghost,
  label,
  listedLabel,
  listOf,
  payloadOf,
  textChanges,
  user,
  via,
} from "./payload-parts.ts";

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

/** The pull request as reviews and their comments carry it. */
const reviewed = z.object({
  number: z.int(),
  body: z.string().nullish(),
  user: user.nullish(),
  updated_at: z.string().nullish(),
  head: z.object({ ref: z.string().nullish(), sha: z.string(), repo: z.object({ id: z.int() }).nullish() }).nullish(),
});

export const reviewPayload = payloadOf("pull_request_review", {
  ...common,
  action: z.string().nullish(),
  pull_request: reviewed,
  changes: textChanges,
  review: z.object({
    id: z.int(),
    state: z.string(),
    body: z.string().nullish(),
    commit_id: z.string().nullish(),
    submitted_at: z.string().nullish(),
    updated_at: z.string().nullish(),
    user: user.nullish(),
    performed_via_github_app: via,
  }),
});

export type ReviewPayload = ReturnType<typeof reviewPayload.parse>;

export const reviewCommentPayload = payloadOf("pull_request_review_comment", {
  ...common,
  sender: user.nullish().transform((sender) => sender ?? ghost),
  action: z.string(),
  pull_request: reviewed,
  changes: textChanges,
  comment,
});

export type ReviewCommentPayload = ReturnType<typeof reviewCommentPayload.parse>;

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
    /** Null until it has ended. */
    conclusion: z.string().nullish(),
    output: z
      .object({ title: z.string().nullish(), summary: z.string().nullish(), text: z.string().nullish() })
      .nullish(),
    app: z.object({ id: z.int() }).nullish(),
    check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
    pull_requests: listOf(z.object({ number: z.int() })),
  }),
  /** The button that somebody pressed. */
  requested_action: z.object({ identifier: z.string() }).nullish(),
});

export type CheckRunPayload = ReturnType<typeof checkRunPayload.parse>;

/** A commit status. `branches`: at most ten that contain the commit, whether it is their head or not. */
export const statusPayload = payloadOf("status", {
  ...common,
  sha: z.string(),
  state: z.string(),
  context: z.string().nullish(),
  description: z.string().nullish(),
  branches: listOf(z.object({ name: z.string() })),
});

export const deletePayload = payloadOf("delete", { ...common, ref: z.string(), ref_type: z.string() });
