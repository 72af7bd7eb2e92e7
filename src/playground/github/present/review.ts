import { found } from "../github-error.ts";
import type { ReviewCommentRow, ReviewRow } from "../rows.ts";
import type { World } from "../world.ts";
import { associationOf, nodeId, presentAccountId } from "./account.ts";
import { presentReactions } from "./issue.ts";
import { apiUrl, htmlUrl } from "./repository.ts";

/** `pull-request-review`. */
export function presentReview(world: World, review: ReviewRow) {
  const { issues, repositories } = world.store.tables;
  const issue = found(issues.get(review.issueId));
  const repository = found(repositories.get(issue.repositoryId));
  const html = `${htmlUrl(world, repository)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  const pull = `${apiUrl(world, repository)}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: presentAccountId(world, review.authorId),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    author_association: associationOf(world, repository, review.authorId),
    _links: { html: { href: html }, pull_request: { href: pull } },
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitSha,
  };
}

/** `pull-request-review-comment`. */
export function presentReviewComment(world: World, comment: ReviewCommentRow) {
  const { issues, repositories } = world.store.tables;
  const issue = found(issues.get(comment.issueId));
  const repository = found(repositories.get(issue.repositoryId));
  const url = `${apiUrl(world, repository)}/pulls/comments/${comment.id}`;
  const pull = `${apiUrl(world, repository)}/pulls/${issue.number}`;
  const html = `${htmlUrl(world, repository)}/pull/${issue.number}#discussion_r${comment.id}`;
  return {
    id: comment.id,
    node_id: nodeId("PullRequestReviewComment", comment.id),
    url,
    pull_request_review_id: comment.reviewId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    ...(comment.line === null
      ? {}
      : { position: 1, original_position: 1, line: comment.line, original_line: comment.line }),
    side: comment.side,
    start_line: comment.startLine,
    original_start_line: comment.startLine,
    start_side: comment.startLine === null ? null : comment.side,
    subject_type: comment.subjectType,
    commit_id: comment.commitSha,
    original_commit_id: comment.commitSha,
    user: presentAccountId(world, comment.authorId),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pull,
    author_association: associationOf(world, repository, comment.authorId),
    ...(comment.inReplyToId === null ? {} : { in_reply_to_id: comment.inReplyToId }),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pull } },
    reactions: presentReactions(world, comment.id, url),
  };
}

/** A review as webhooks carry it: the state in small letters. */
export function presentReviewEvent(world: World, review: ReviewRow) {
  const shown = presentReview(world, review);
  return {
    ...shown,
    state: review.state.toLowerCase(),
    submitted_at: review.submittedAt,
    updated_at: review.updatedAt,
  };
}
