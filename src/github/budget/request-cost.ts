/** What one request takes out of an installation's budget. */
export type RequestCost = {
  /** Of the points a minute: 1 for a read, 5 for a write. */
  readonly points: number;
  /** Whether it changes something: between two of those GitHub wants a second. */
  readonly writes: boolean;
  /** Whether it creates content: 80 a minute, 500 an hour. */
  readonly createsContent: boolean;
};

/**
 * The requests that count as creating content: those whose documentation warns that "creating content too quickly using
 * this endpoint may result in secondary rate limiting", and, to be on the safe side, everything else that makes something
 * new. Edits, reactions and labels on an issue are none: they notify nobody.
 *
 * @see https://docs.github.com/rest/issues/comments#create-an-issue-comment
 */
const contentCreating: ReadonlySet<string> = new Set([
  "POST /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues",
  "POST /repos/{owner}/{repo}/labels",
  "POST /repos/{owner}/{repo}/milestones",
  "POST /repos/{owner}/{repo}/pulls",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
  "POST /repos/{owner}/{repo}/check-runs",
  "POST /repos/{owner}/{repo}/statuses/{sha}",
  "POST /repos/{owner}/{repo}/git/commits",
  "POST /repos/{owner}/{repo}/git/refs",
  "PUT /repos/{owner}/{repo}/contents/{path}",
]);

/**
 * The cost of a request, by its method and the template of its URL as Octokit writes it.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit
 */
export function requestCost(method: string, url: string): RequestCost {
  const writes = !["GET", "HEAD", "OPTIONS"].includes(method);
  return { points: writes ? 5 : 1, writes, createsContent: contentCreating.has(`${method} ${url}`) };
}
