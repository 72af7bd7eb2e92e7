import { type CommandsToRun, commandsToRun } from "../commands/commands-to-run.ts";
import type { IssueCommentPayload } from "./payloads.ts";

/** What the comment said before, for an edit; null for a new one. An edit that left the text alone asks for nothing new. */
export function textBefore({ action, changes, comment }: IssueCommentPayload): string | null {
  return action === "edited" ? (changes?.body?.from ?? comment.body) : null;
}

/** What a comment asks for; an edited one only for what it did not ask for before (GITHUB.md, manner 3). */
export function askedIn(payload: IssueCommentPayload): CommandsToRun {
  return commandsToRun(payload.comment.body, textBefore(payload));
}

/** The begin of the ids of what a comment asks for: each edit is a question of its own. */
export function triggerPrefix({ action, comment }: IssueCommentPayload, deliveryId: string): string {
  return action === "edited" ? `comment-${comment.id}-${deliveryId}` : `comment-${comment.id}`;
}
