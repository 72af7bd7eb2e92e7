import type { Remark } from "../../workflow/domain/task.ts";
import type { RepositoryRef, Slice } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";

/** The longest summary that travels into the next round, in characters. */
const maxSummary = 4_000;
/** How many remarks travel, and how long each may be, in characters. */
const maxRemarks = 30;
const maxRemark = 1_000;
const maxPath = 300;

/** The summary of a review as it travels. */
export function summaryOf(review: { readonly body?: string | null | undefined }): string {
  return (review.body?.trim() ?? "").slice(0, maxSummary);
}

/**
 * The remarks of a review on lines of the change, oldest first and bounded. They are read from the pull request's list,
 * because the list of one review leaves the line out.
 *
 * @see https://docs.github.com/rest/pulls/comments#list-review-comments-on-a-pull-request
 */
export async function remarksOf(
  octokit: Slice<"pulls", "listReviewComments" | "listCommentsForReview">,
  { owner, repo }: RepositoryRef,
  pull_number: number,
  reviewId: number,
): Promise<readonly Remark[]> {
  const newest = { sort: "created", direction: "desc", per_page: 100 } as const;
  const where = { owner, repo, pull_number };
  const { listReviewComments, listCommentsForReview } = octokit.rest.pulls;
  const listed = await nullWhenLacking(listReviewComments({ ...where, ...newest }));
  const ofReview =
    listed === null
      ? await nullWhenLacking(listCommentsForReview({ ...where, review_id: reviewId, per_page: 100 }))
      : null;
  return ((listed ?? ofReview)?.data ?? [])
    .filter((comment) => comment.pull_request_review_id === reviewId)
    .sort((a, b) => a.id - b.id)
    .slice(0, maxRemarks)
    .map((comment) => ({
      path: comment.path.slice(0, maxPath),
      line: comment.line ?? comment.original_line ?? null,
      text: comment.body.trim().slice(0, maxRemark),
    }));
}
