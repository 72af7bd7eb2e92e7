import type { IssueRow, PullRequestRow } from "./rows.ts";
import type { Store } from "./store.ts";

export function isPull(issue: IssueRow): issue is PullRequestRow {
  return issue.pull !== null;
}

/** All pull requests of a repository. */
export function pullsOf(store: Store, repositoryId: number): PullRequestRow[] {
  return store.tables.issues.in(repositoryId).filter(isPull);
}

/** The open pull requests whose head is this commit. */
export function openPullsAt(store: Store, repositoryId: number, sha: string): PullRequestRow[] {
  return pullsOf(store, repositoryId).filter((row) => row.state === "open" && row.pull.headSha === sha);
}
