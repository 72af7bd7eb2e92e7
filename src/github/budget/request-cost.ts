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
 * The requests that count as creating content. GitHub names no list, so this one is on the safe side: everything that
 * people may be notified of, its later edits, and what is shown on a commit.
 */
const contentCreating: ReadonlySet<string> = new Set([
  "POST /repos/{owner}/{repo}/issues",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/reactions",
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  "POST /repos/{owner}/{repo}/labels",
  "POST /repos/{owner}/{repo}/milestones",
  "POST /repos/{owner}/{repo}/pulls",
  "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments",
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
  "POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
  "POST /repos/{owner}/{repo}/check-runs",
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  "POST /repos/{owner}/{repo}/statuses/{sha}",
  "POST /repos/{owner}/{repo}/git/commits",
  "POST /repos/{owner}/{repo}/git/refs",
  "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
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
