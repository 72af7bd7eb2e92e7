import type { Delivery } from "../intake/delivery.ts";
import { failureText } from "../present/replies.ts";
import type { EnqueueWrite } from "../write/write-target.ts";
import { issueCommentPayload } from "./issue-payloads.ts";
import { reviewCommentPayload, reviewPayload } from "./pull-request-payloads.ts";
import { askedIn, numberOf, type Said, saidInComment, saidInReview, saidOnLine } from "./said.ts";

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
  const said = peoplesWords(delivery.event, JSON.parse(delivery.rawBody));
  if (said === null || askedIn(said).asked.length === 0) return;
  await write({
    kind: "reply",
    ref: said.ref,
    issueNumber: numberOf(said),
    trigger: `${said.name}-failed`,
    text: failureText(incident),
  });
}

type MadeBy = { readonly performed_via_github_app?: { readonly id?: number | undefined } | null | undefined };

/** What a person said; null for what an App did, and for a delivery in which nobody says anything. */
function peoplesWords(event: string, payload: unknown): Said | null {
  const isApps = (thing: MadeBy) => thing.performed_via_github_app != null;
  if (event === "issue_comment") {
    const { data } = issueCommentPayload.safeParse(payload);
    return data === undefined || isApps(data.comment) ? null : saidInComment(data);
  }
  if (event === "pull_request_review_comment") {
    const { data } = reviewCommentPayload.safeParse(payload);
    return data === undefined || isApps(data.comment) ? null : saidOnLine(data);
  }
  if (event !== "pull_request_review") return null;
  const { data } = reviewPayload.safeParse(payload);
  // Its time names nothing that is written here.
  return data === undefined || data.action === "dismissed" || isApps(data.review) ? null : saidInReview(data, "");
}
