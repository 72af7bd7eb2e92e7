import type { GitRepository } from "./git/git-repository.ts";
import type { PullPart } from "./rows.ts";

/** The sizes that a pull request shows, counted from the merge base as GitHub does. */
export async function pullStatistics(
  git: GitRepository,
  base: string,
  head: string,
): Promise<Pick<PullPart, "commits" | "additions" | "deletions" | "changedFiles">> {
  const mergeBase = await git.mergeBase(base, head);
  const [commits, files] = await Promise.all([git.count(base, head), git.diff(mergeBase, head)]);
  return {
    commits,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
}
