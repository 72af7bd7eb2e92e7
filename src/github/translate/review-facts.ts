import type { Task } from "../../workflow/domain/task.ts";
import type { RepositoryRef, Slice } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import { areGreen, type ChecksClient, readChecks } from "../write/read-checks.ts";

/** The head that the graph knows; "" where there is none, which matches no tree. */
export function headOf(task: Task): { headSha: string; headTree: string } {
  return { headSha: task.headSha ?? "", headTree: task.headTree ?? "" };
}

/** Whether the required checks of a commit are no reason against an approval. */
export async function areChecksGreen(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<boolean> {
  return areGreen(await readChecks(octokit, ref, sha));
}

/** The git tree of a commit. Looked up before any transaction: GitHub is never waited for inside one. */
export async function treeOf(
  octokit: Slice<"git", "getCommit"> & Slice<"repos", "getCommit">,
  { owner, repo }: RepositoryRef,
  sha: string,
): Promise<string> {
  const found = await nullWhenLacking(octokit.rest.git.getCommit({ owner, repo, commit_sha: sha }));
  if (found !== null) return found.data.tree.sha;
  // Servers without the Git Data API know commits all the same.
  const { data } = await octokit.rest.repos.getCommit({ owner, repo, ref: sha });
  return data.commit.tree.sha;
}
