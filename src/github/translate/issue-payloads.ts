import { z } from "zod";
import type { IssueFacts } from "../../planning/application/commands.ts";
import type { Milestone } from "../../planning/domain/story.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { comment, common, ghost, label, listedLabel, listOf, payloadOf, textChanges, user } from "./payload-parts.ts";

const issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state_reason: z.string().nullish(),
  user: user.nullish(),
  labels: listOf(listedLabel),
  milestone: z.object({ number: z.int(), title: z.string(), creator: user.nullish() }).nullish(),
  assignees: listOf(user),
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
  comment,
  changes: textChanges,
});

export type IssueCommentPayload = ReturnType<typeof issueCommentPayload.parse>;

export const labelPayload = payloadOf("label", {
  ...common,
  action: z.string(),
  label,
  changes: z.object({ name: z.object({ from: z.string() }).nullish() }).nullish(),
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

/** The milestone that an issue is in. */
export function milestoneOf({ milestone }: Pick<IssuePayload, "milestone">): Milestone | null {
  return milestone == null ? null : { number: milestone.number, title: milestone.title };
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
    milestone: milestoneOf(from),
    author: from.user ? { id: from.user.id, login: from.user.login } : ghost,
    updatedAt: from.updated_at,
    deliveryId,
  };
}
