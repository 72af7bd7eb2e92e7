import { authorOf, type RepositoryCall } from "./operation.ts";
import { presentPullForReview } from "./present/pull.ts";
import { presentReviewComment, presentReviewEvent } from "./present/review.ts";
import type { PullRequestRow, ReviewCommentRow, ReviewRow } from "./rows.ts";

type Extra = Readonly<Record<string, unknown>>;

/** Tells of a review: `pull_request_review`. */
export function emitReview(
  call: RepositoryCall,
  action: string,
  pull: PullRequestRow,
  review: ReviewRow,
  extra: Extra = {},
): void {
  emit(call, "pull_request_review", action, pull, { review: presentReviewEvent(call.world, review), ...extra });
}

/** Tells of a comment on a line or file of a change: `pull_request_review_comment`. */
export function emitReviewComment(
  call: RepositoryCall,
  action: string,
  pull: PullRequestRow,
  comment: ReviewCommentRow,
  extra: Extra = {},
): void {
  const payload = { comment: presentReviewComment(call.world, comment), ...extra };
  emit(call, "pull_request_review_comment", action, pull, payload);
}

function emit(
  call: RepositoryCall,
  event: "pull_request_review" | "pull_request_review_comment",
  action: string,
  pull: PullRequestRow,
  payload: Extra,
): void {
  call.world.emit({
    event,
    action,
    sender: authorOf(call).account,
    repository: call.repository,
    payload: { ...payload, pull_request: presentPullForReview(call.world, pull) },
  });
}
