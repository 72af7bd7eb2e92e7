import { type CommandsToRun, commandsToRun } from "../commands/commands-to-run.ts";
import { contentHash } from "../write/content-hash.ts";
import type { IssueCommentPayload } from "./issue-payloads.ts";

/** What the comment said before, for an edit; null for a new one. An edit that left the text alone asks for nothing new. */
export function textBefore({ action, changes, comment }: IssueCommentPayload): string | null {
  return action === "edited" ? (changes?.body?.from ?? comment.body) : null;
}

/** What a comment asks for; an edited one only for what it did not ask for before (GITHUB.md, manner 3). */
export function askedIn(payload: IssueCommentPayload): CommandsToRun {
  return commandsToRun(payload.comment.body, textBefore(payload));
}

/**
 * The begin of the ids of what a comment asks for. It is the comment's own name, not the delivery's: a server may send one
 * comment under two delivery ids. Each edit is a question of its own, named by what it made of what.
 */
export function triggerPrefix(payload: IssueCommentPayload): string {
  const { action, comment } = payload;
  if (action !== "edited") return `comment-${comment.id}`;
  const edit = contentHash(JSON.stringify([comment.updated_at, textBefore(payload), comment.body]));
  return `comment-${comment.id}-${edit}`;
}
