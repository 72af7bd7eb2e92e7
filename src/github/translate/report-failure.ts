import type { Delivery } from "../intake/delivery.ts";
import { isPlanComment } from "../present/plan-comment.ts";
import { carriesStoryLabel, readLabel } from "../present/read-label.ts";
import { failureText } from "../present/replies.ts";
import { codeSpan } from "../present/safe-text.ts";
import type { EnqueueWrite } from "../write/write-target.ts";
import { issueCommentPayload, issuesPayload } from "./issue-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";
import { checkRunPayload, pullRequestPayload, reviewCommentPayload, reviewPayload } from "./pull-request-payloads.ts";
import { askedIn, numberOf, type Said, saidInComment, saidInReview, saidOnLine } from "./said.ts";

/** What somebody asked for, where, and by what it is known again. */
type Question = {
  readonly ref: ReturnType<typeof repositoryOf>;
  readonly issueNumber: number;
  readonly trigger: string;
  /** Begins a sentence. */
  readonly what: string;
};

type Given = Pick<Delivery, "id" | "event" | "rawBody">;

/** By event, the question in a payload; null where nobody waits for an outcome. */
const questions: Readonly<Record<string, (payload: unknown, deliveryId: string) => Question | null>> = {
  issue_comment: inComment,
  issues: inIssue,
  pull_request: inPullRequest,
  pull_request_review: inReview,
  pull_request_review_comment: inLineComment,
  check_run: inCheckRun,
};

/**
 * Tells who asked for something that it failed for good, with the incident's id, under which the log has the rest
 * (GITHUB.md, manner 1). For the worker of deliveries, when a job has used up its attempts. A delivery by which no person
 * asked for anything is not answered.
 */
export async function reportFailure(write: EnqueueWrite, delivery: Given, incident: string): Promise<void> {
  const question = questions[delivery.event]?.(JSON.parse(delivery.rawBody), delivery.id) ?? null;
  if (question === null) return;
  const { ref, issueNumber, trigger, what } = question;
  await write({ kind: "reply", ref, issueNumber, trigger: `${trigger}-failed`, text: failureText(what, incident) });
}

type Parsed = { readonly sender: { readonly type?: string | null | undefined } };

/** A command; a typed plan or an edit of the fleet's own on a story. */
function inComment(given: unknown): Question | null {
  const payload = issueCommentPayload.safeParse(given).data;
  if (payload === undefined || isBot(payload)) return null;
  const { comment, issue, action } = payload;
  const said = saidInComment(payload);
  if (comment.performed_via_github_app != null) {
    const isPlan = action === "edited" && isPlanComment(comment.body);
    return isPlan ? { ...placeOf(said), what: "Your edit of the plan" } : null;
  }
  const isPlan = carriesStoryLabel(issue.labels) && /^\s*[-*] \[ \]/m.test(comment.body);
  return isPlan ? { ...placeOf(said), what: ofComment } : commandsIn(said);
}

const ofComment = "What this comment asks for";

/** The commands of a text, as one question. */
function commandsIn(said: Said): Question | null {
  return askedIn(said).asked.length === 0 ? null : { ...placeOf(said), what: ofComment };
}

function placeOf(said: Said): Omit<Question, "what"> {
  return { ref: said.ref, issueNumber: numberOf(said), trigger: said.name };
}

/** Commands beside a line of a change. */
function inLineComment(given: unknown): Question | null {
  const payload = reviewCommentPayload.safeParse(given).data;
  if (payload === undefined || isBot(payload) || payload.comment.performed_via_github_app != null) return null;
  return commandsIn(saidOnLine(payload));
}

/** A label of the fleet's; a story that is closed or opened again. */
function inIssue(given: unknown, deliveryId: string): Question | null {
  const payload = issuesPayload.safeParse(given).data;
  if (payload === undefined || isBot(payload)) return null;
  const { action, issue, label } = payload;
  const at = { ref: repositoryOf(payload), issueNumber: issue.number, trigger: `delivery-${deliveryId}` };
  if (isOurs(label)) return { ...at, what: `Your change of the label ${codeSpan(label.name)}` };
  const isChange = carriesStoryLabel(issue.labels) && ["closed", "reopened", "edited"].includes(action);
  return isChange ? { ...at, what: "What follows from your change of this issue" } : null;
}

function inPullRequest(given: unknown, deliveryId: string): Question | null {
  const payload = pullRequestPayload.safeParse(given).data;
  if (payload === undefined || isBot(payload) || !isOurs(payload.label)) return null;
  return {
    ref: repositoryOf(payload),
    issueNumber: payload.pull_request.number,
    trigger: `delivery-${deliveryId}`,
    what: `Your change of the label ${codeSpan(payload.label.name)}`,
  };
}

/** A decision, or commands in its text; a review that only remarks asks for nothing. */
function inReview(given: unknown): Question | null {
  const payload = reviewPayload.safeParse(given).data;
  if (payload === undefined || isBot(payload) || payload.review.performed_via_github_app != null) return null;
  const { review, pull_request: pull, action } = payload;
  if (["approved", "changes_requested", "dismissed"].includes(review.state.toLowerCase())) {
    const trigger = `review-${review.id}-${action ?? ""}`;
    return { ref: repositoryOf(payload), issueNumber: pull.number, trigger, what: "What follows from your review" };
  }
  // Its time names nothing that is written here.
  return action === "dismissed" ? null : commandsIn(saidInReview(payload, ""));
}

/** A button. */
function inCheckRun(given: unknown, deliveryId: string): Question | null {
  const payload = checkRunPayload.safeParse(given).data;
  const issueNumber = payload?.check_run.pull_requests[0]?.number;
  if (payload === undefined || issueNumber === undefined || isBot(payload)) return null;
  if (payload.action !== "requested_action") return null;
  return {
    ref: repositoryOf(payload),
    issueNumber,
    trigger: `delivery-${deliveryId}`,
    what: "What this button asks for",
  };
}

/** The fleet's own acts, and those of other apps, are nobody's question. */
function isBot({ sender }: Parsed): boolean {
  return sender.type === "Bot";
}

function isOurs<Label extends Parameters<typeof readLabel>[0]>(label: Label | null | undefined): label is Label {
  return label !== null && label !== undefined && readLabel(label) !== null;
}
