import type { Delivery } from "../intake/delivery.ts";
import { failureText } from "../present/replies.ts";
import type { EnqueueWrite } from "../write/write-target.ts";
import { askedIn } from "./asked-in.ts";
import { issueCommentPayload } from "./issue-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";

/**
 * Tells who gave a command that it failed for good, with the incident's id, under which the log has the rest (GITHUB.md,
 * manner 1). For the worker of deliveries, when a job has used up its attempts. A delivery without a command is nobody's
 * question and is not answered.
 */
export async function reportFailure(
  write: EnqueueWrite,
  delivery: Pick<Delivery, "event" | "rawBody">,
  incident: string,
): Promise<void> {
  if (delivery.event !== "issue_comment") return;
  const payload = issueCommentPayload.safeParse(JSON.parse(delivery.rawBody));
  if (!payload.success) return;
  const { comment, issue } = payload.data;
  const isApp = comment.performed_via_github_app !== null && comment.performed_via_github_app !== undefined;
  if (isApp || askedIn(payload.data).asked.length === 0) return;
  await write({
    kind: "reply",
    ref: repositoryOf(payload.data),
    issueNumber: issue.number,
    trigger: `comment-${comment.id}-failed`,
    text: failureText(incident),
  });
}
