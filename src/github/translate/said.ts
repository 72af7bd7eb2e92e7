import type { RepositoryRef } from "../client/octokit.ts";
import { type CommandsToRun, commandsToRun } from "../commands/commands-to-run.ts";
import { contentHash } from "../write/content-hash.ts";
import type { IssueCommentPayload, IssuePayload } from "./issue-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";
import type { ReviewCommentPayload, ReviewPayload } from "./pull-request-payloads.ts";
import type { CommentRef } from "./trigger.ts";

type Account = { readonly id: number; readonly login: string; readonly type?: string | null | undefined };

/** An issue, or a pull request: of the latter payloads of reviews say little more than its number. */
export type SaidOn =
  | { readonly kind: "issue"; readonly issue: IssuePayload }
  | { readonly kind: "pull"; readonly pull: PullPart };

type PullPart = {
  readonly number: number;
  readonly user?: Account | null | undefined;
  readonly body?: string | null | undefined;
  /** Null where the payload does not say: those of comments do not. */
  readonly head: { readonly branch: string; readonly repository: number | null } | null;
};

/** A text in which people may give commands: a comment, the text of a review, or a comment on a line of a change. */
export type Said = {
  readonly ref: RepositoryRef;
  readonly sender: Account;
  readonly on: SaidOn;
  readonly text: string;
  /** What it said before, for an edit; null for a new one. An edit that left the text alone asks for nothing new. */
  readonly before: string | null;
  /**
   * Names the text for ever. It is GitHub's own name, not the delivery's: a server may send one text under two delivery
   * ids.
   */
  readonly name: string;
  /** The comment to react on; null for the text of a review, which takes no reaction. */
  readonly comment: CommentRef | null;
  /** When it was written or edited (ISO 8601). */
  readonly at: string;
};

/** A comment on an issue or pull request. */
export function saidInComment(payload: IssueCommentPayload): Said {
  const { action, issue, comment, changes, sender } = payload;
  const isPull = issue.pull_request !== undefined && issue.pull_request !== null;
  const isEdit = action === "edited";
  return {
    ref: repositoryOf(payload),
    sender,
    on: isPull ? { kind: "pull", pull: { ...issue, head: null } } : { kind: "issue", issue },
    text: comment.body,
    before: isEdit ? (changes?.body?.from ?? comment.body) : null,
    name: `comment-${comment.id}`,
    comment: { id: comment.id, isOnLine: false },
    at: (isEdit ? comment.updated_at : undefined) ?? comment.created_at,
  };
}

/** The text of a review; `now` (ISO 8601) stands in where a server gives no time. */
export function saidInReview(payload: ReviewPayload, now: string): Said {
  const { review, changes, sender } = payload;
  const text = review.body ?? "";
  const isEdit = payload.action === "edited";
  return {
    ref: repositoryOf(payload),
    sender,
    on: pullOf(payload),
    text,
    before: isEdit ? (changes?.body?.from ?? text) : null,
    name: `review-${review.id}`,
    comment: null,
    at: (isEdit ? review.updated_at : undefined) ?? review.submitted_at ?? now,
  };
}

/** A comment on a line of a change. */
export function saidOnLine(payload: ReviewCommentPayload): Said {
  const { action, comment, changes, sender } = payload;
  const isEdit = action === "edited";
  return {
    ref: repositoryOf(payload),
    sender,
    on: pullOf(payload),
    text: comment.body,
    before: isEdit ? (changes?.body?.from ?? comment.body) : null,
    name: `line-comment-${comment.id}`,
    comment: { id: comment.id, isOnLine: true },
    at: (isEdit ? comment.updated_at : undefined) ?? comment.created_at,
  };
}

function pullOf({ pull_request: pull }: Pick<ReviewPayload, "pull_request">): SaidOn {
  const { number, user, body, head } = pull;
  const known = head?.ref == null || head.repo === undefined ? null : head;
  const at = known === null ? null : { branch: known.ref ?? "", repository: known.repo?.id ?? null };
  return { kind: "pull", pull: { number, user, body, head: at } };
}

/** The issue's or the pull request's number. */
export function numberOf({ on }: Said): number {
  return on.kind === "issue" ? on.issue.number : on.pull.number;
}

/** What a text asks for; an edited one only for what it did not ask for before (GITHUB.md, manner 3). */
export function askedIn({ text, before }: Said): CommandsToRun {
  return commandsToRun(text, before);
}

/** The begin of the ids of what a text asks for. Each edit is a question of its own, named by what it made of what. */
export function triggerPrefix({ name, before, text, at }: Said): string {
  return before === null ? name : `${name}-${contentHash(JSON.stringify([at, before, text]))}`;
}
