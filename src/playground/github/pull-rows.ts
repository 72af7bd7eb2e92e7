import { found } from "./github-error.ts";
import type { IssueRow, PullRequestRow, RepositoryRow } from "./rows.ts";
import type { Store } from "./store.ts";

export function isPull(issue: IssueRow): issue is PullRequestRow {
  return issue.pull !== null;
}

/** All pull requests of a repository. */
export function pullsOf(store: Store, repositoryId: number): PullRequestRow[] {
  return store.tables.issues.in(repositoryId).filter(isPull);
}

/** The repository that a pull request's head is in: its own, or a fork of it. */
export function headRepositoryOf(store: Store, pull: PullRequestRow): RepositoryRow {
  return found(store.tables.repositories.get(pull.pull.headRepositoryId ?? pull.repositoryId));
}

/** The open pull requests that a move of one of the repository's refs may be about: its own, and those from it as a fork. */
export function pullsToFollow(store: Store, { id, forkOf }: RepositoryRow): PullRequestRow[] {
  const fromHere = forkOf === undefined ? [] : pullsOf(store, forkOf).filter((row) => row.pull.headRepositoryId === id);
  return [...pullsOf(store, id), ...fromHere].filter((row) => row.state === "open");
}

/** Whether a branch of a repository is the pull request's head. */
export function isHead(pull: PullRequestRow, repositoryId: number, branch: string): boolean {
  return pull.pull.headRef === branch && (pull.pull.headRepositoryId ?? pull.repositoryId) === repositoryId;
}

/** The open pull requests whose head is this commit; GitHub leaves those from forks out where it names them. */
export function openPullsAt(store: Store, repositoryId: number, sha: string): PullRequestRow[] {
  return pullsOf(store, repositoryId).filter(
    (row) => row.state === "open" && row.pull.headSha === sha && row.pull.headRepositoryId === undefined,
  );
}
