import { z } from "zod";
import { found, GitHubError, notFound, unprocessable } from "../github-error.ts";
import { putIssue } from "../issue-events.ts";
import {
  authorOf,
  bodyOf,
  numberParam,
  type Operation,
  onRepository,
  page,
  type RepositoryCall,
} from "../operation.ts";
import { presentReview, presentReviewComment } from "../present/review.ts";
import { emitReview, emitReviewComment } from "../review-events.ts";
import type { PullRequestRow, ReviewRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { checkText, findPull, readPulls, requireAuthorOr, requireLevel, writePulls } from "./find.ts";
import { newReviewComment, reviewCommentSchema } from "./review-comments.ts";

const eventSchema = z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]);
const createSchema = z.object({
  commit_id: z.string().optional(),
  body: z.string().nullish(),
  event: eventSchema.optional(),
  comments: z.array(reviewCommentSchema).default([]),
});
/** GitHub lists the reason as a bare string here. */
function refused(reason: string): GitHubError {
  return new GitHubError(422, "Unprocessable Entity", [reason]);
}

const states = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

/** The review of the path. A pending one is seen by its author only. */
function findReview(call: RepositoryCall): { pull: PullRequestRow; review: ReviewRow } {
  const pull = findPull(call);
  const review = found(call.world.store.tables.reviews.get(numberParam(call, "review_id")));
  if (review.issueId !== pull.id || !isVisible(call, review)) throw notFound();
  return { pull, review };
}

function isVisible(call: RepositoryCall, review: ReviewRow): boolean {
  return review.state !== "PENDING" || ("account" in call.actor && call.actor.account.id === review.authorId);
}

/** What GitHub refuses in a review that is about to be submitted. */
function checkSubmission(
  call: RepositoryCall,
  pull: PullRequestRow,
  event: z.output<typeof eventSchema>,
  body: string,
  comments: number,
): void {
  const own = authorOf(call).account.id === pull.authorId;
  if (own && event === "APPROVE") throw refused("Can not approve your own pull request");
  if (own && event === "REQUEST_CHANGES") throw refused("Can not request changes on your own pull request");
  if (event === "REQUEST_CHANGES" && body.trim() === "") throw refused("Body can't be blank");
  if (event === "COMMENT" && body.trim() === "" && comments === 0) throw refused("Body can't be blank");
  if (pull.state === "closed" && event !== "COMMENT") throw refused("Can not review a closed pull request");
}

async function create(call: RepositoryCall) {
  const { world } = call;
  const by = authorOf(call);
  const pull = findPull(call);
  const body = bodyOf(call, createSchema);
  const text = body.body ?? "";
  checkText("PullRequestReview", text);
  if (body.event !== undefined) checkSubmission(call, pull, body.event, text, body.comments.length);
  const pending = world.store.tables.reviews
    .in(pull.id)
    .some((row) => row.state === "PENDING" && row.authorId === by.account.id);
  if (pending) throw refused("User can only have one pending review per pull request");
  const commitSha = body.commit_id ?? pull.pull.headSha;
  const prepared = await Promise.all(body.comments.map((comment) => newReviewComment(call, pull, comment, commitSha)));
  const time = timestamp(world);
  const review = world.store.transaction(() => {
    const row = world.store.tables.reviews.put({
      id: world.store.id(),
      issueId: pull.id,
      authorId: by.account.id,
      body: text,
      state: "PENDING",
      commitSha,
      submittedAt: null,
      updatedAt: time,
    });
    for (const comment of prepared)
      world.store.tables.reviewComments.put({ ...comment, id: world.store.id(), reviewId: row.id });
    return body.event === undefined ? row : submit(call, pull, row, states[body.event]);
  });
  return { status: 200, body: presentReview(world, review) };
}

/** Makes a pending review public. Only inside a transaction. */
function submit(call: RepositoryCall, pull: PullRequestRow, review: ReviewRow, state: ReviewRow["state"]): ReviewRow {
  const { world } = call;
  const submitted = world.store.tables.reviews.put({
    ...review,
    state,
    submittedAt: timestamp(world),
    updatedAt: timestamp(world),
  });
  // Working out the comments took time: the row may have changed meanwhile.
  const current = findPull(call);
  const requestedReviewerIds = current.pull.requestedReviewerIds.filter((id) => id !== review.authorId);
  putIssue(world, { ...current, pull: { ...current.pull, requestedReviewerIds } });
  emitReview(call, "submitted", pull, submitted);
  for (const comment of world.store.tables.reviewComments.in(pull.id).filter((row) => row.reviewId === review.id)) {
    emitReviewComment(call, "created", pull, comment);
  }
  return submitted;
}

function submitPending(call: RepositoryCall) {
  const { pull, review } = findReview(call);
  const body = bodyOf(call, z.object({ body: z.string().nullish(), event: eventSchema }));
  if (review.state !== "PENDING") throw refused("Review has already been submitted");
  const text = body.body ?? review.body;
  checkText("PullRequestReview", text);
  const comments = call.world.store.tables.reviewComments.in(pull.id).filter((row) => row.reviewId === review.id);
  checkSubmission(call, pull, body.event, text, comments.length);
  const done = call.world.store.transaction(() => submit(call, pull, { ...review, body: text }, states[body.event]));
  return { status: 200, body: presentReview(call.world, done) };
}

function update(call: RepositoryCall) {
  const { world } = call;
  const { pull, review } = findReview(call);
  requireAuthorOr(call, review.authorId, "admin");
  const { body } = bodyOf(call, z.object({ body: z.string() }));
  checkText("PullRequestReview", body);
  const edited = world.store.transaction(() => {
    const row = world.store.tables.reviews.put({ ...review, body, updatedAt: timestamp(world) });
    if (review.state !== "PENDING" && body !== review.body)
      emitReview(call, "edited", pull, row, { changes: { body: { from: review.body } } });
    return row;
  });
  return { status: 200, body: presentReview(world, edited) };
}

function dismiss(call: RepositoryCall) {
  const { world } = call;
  const { pull, review } = findReview(call);
  requireLevel(call, "write");
  bodyOf(call, z.object({ message: z.string(), event: z.literal("DISMISS").optional() }));
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED")
    throw refused("Can not dismiss a commented pull request review");
  const dismissed = world.store.transaction(() => {
    const row = world.store.tables.reviews.put({ ...review, state: "DISMISSED" as const, updatedAt: timestamp(world) });
    emitReview(call, "dismissed", pull, row);
    return row;
  });
  return { status: 200, body: presentReview(world, dismissed) };
}

function remove(call: RepositoryCall) {
  const { pull, review } = findReview(call);
  if (review.state !== "PENDING") throw unprocessable("Can not delete a non-pending pull request review");
  const { reviewComments, reviews } = call.world.store.tables;
  call.world.store.transaction(() => {
    for (const comment of reviewComments.in(pull.id).filter((row) => row.reviewId === review.id))
      reviewComments.remove(comment.id);
    reviews.remove(review.id);
  });
  return { status: 200, body: presentReview(call.world, review) };
}

function list(call: RepositoryCall) {
  const rows = call.world.store.tables.reviews.in(findPull(call).id).filter((row) => isVisible(call, row));
  return page(call, rows, (row) => presentReview(call.world, row));
}

function listComments(call: RepositoryCall) {
  const { pull, review } = findReview(call);
  const rows = call.world.store.tables.reviewComments.in(pull.id).filter((row) => row.reviewId === review.id);
  return page(call, rows, (row) => presentReviewComment(call.world, row));
}

const path = "/pulls/{pull_number}/reviews";

export const reviewOperations: readonly Operation[] = [
  onRepository("pulls/list-reviews", "GET", path, readPulls, list),
  onRepository("pulls/create-review", "POST", path, writePulls, create),
  onRepository("pulls/get-review", "GET", `${path}/{review_id}`, readPulls, (call) => ({
    status: 200,
    body: presentReview(call.world, findReview(call).review),
  })),
  onRepository("pulls/update-review", "PUT", `${path}/{review_id}`, writePulls, update),
  onRepository("pulls/delete-pending-review", "DELETE", `${path}/{review_id}`, writePulls, remove),
  onRepository("pulls/list-comments-for-review", "GET", `${path}/{review_id}/comments`, readPulls, listComments),
  onRepository("pulls/dismiss-review", "PUT", `${path}/{review_id}/dismissals`, writePulls, dismiss),
  onRepository("pulls/submit-review", "POST", `${path}/{review_id}/events`, writePulls, submitPending),
];
