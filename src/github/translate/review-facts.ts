import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient, RepositoryRef, Slice } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import { checkRunNames } from "../write/ensure-check-run.ts";

/** The head that the graph knows; "" where there is none, which matches no tree. */
export function headOf(task: Task): { headSha: string; headTree: string } {
  return { headSha: task.headSha ?? "", headTree: task.headTree ?? "" };
}

/** Conclusions that stand in nobody's way. */
const greenConclusions: readonly (string | null)[] = ["success", "neutral", "skipped"];

type ChecksClient = Slice<"checks", "listForRef"> &
  Slice<"repos", "getCombinedStatusForRef"> &
  Pick<GitHubClient, "paginate">;

/**
 * Whether the required checks are green on a commit: every check run but `fleet/gate` is completed with success, neutral
 * or skipped, and of every context's commit statuses the newest is a success. `fleet/gate` waits for this very decision.
 * A commit without either is green: there is nothing to fail. So is one whose check runs or statuses cannot be read,
 * because the App lacks the permission or GitHub the feature: people see them where they review, a branch's required
 * checks still hold the merge, and what is missing is said where the App's missing permissions are.
 */
export async function areChecksGreen(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<boolean> {
  return (await areCheckRunsGreen(octokit, ref, sha)) && (await areStatusesGreen(octokit, ref, sha));
}

async function areCheckRunsGreen(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<boolean> {
  const runs = await nullWhenLacking(
    octokit.paginate(octokit.rest.checks.listForRef, {
      owner: ref.owner,
      repo: ref.repo,
      ref: sha,
      per_page: 100,
    }),
  );
  return (runs ?? [])
    .filter((run) => run.name !== checkRunNames.gate)
    .every((run) => run.status === "completed" && greenConclusions.includes(run.conclusion));
}

/**
 * GitHub sums up the newest status of each context: `success` when all are, `failure` for a failure or an error, else
 * `pending`; also for a commit that has none.
 * @see https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
 */
async function areStatusesGreen(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<boolean> {
  const { owner, repo } = ref;
  const combined = await nullWhenLacking(octokit.rest.repos.getCombinedStatusForRef({ owner, repo, ref: sha }));
  return combined === null || combined.data.total_count === 0 || combined.data.state === "success";
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
