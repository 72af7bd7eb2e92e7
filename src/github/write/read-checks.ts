import type { GitHubClient, RepositoryRef, Slice } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import { isOwnCheck } from "../client/resources.ts";
import { checkRunNames } from "./ensure-check-run.ts";

export type ChecksClient = Slice<"checks", "listForRef"> &
  Slice<"repos", "getCombinedStatusForRef"> &
  Pick<GitHubClient, "paginate">;

/**
 * What the required checks say of a commit. `none`: nothing has reported on it; `unread`: nothing that the App may read
 * has, and it may not read everything.
 */
export type Checks = {
  readonly verdict: "passed" | "none" | "unread" | "pending" | "failed";
  /** Names of those that failed. */
  readonly failed: readonly string[];
};

/** Conclusions that stand in nobody's way. */
export const greenConclusions: readonly (string | null)[] = ["success", "neutral", "skipped"];

type Part = Checks & { readonly reports: number };

/**
 * Reads every check run of a commit but `fleet/gate`, which waits for this very answer, and then its commit statuses,
 * unless the former are in the way already. What the fleet itself reports may be in the way, and is no proof.
 */
export async function readChecks(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<Checks> {
  const runs = await readRuns(octokit, ref, sha);
  if (runs !== null && runs.verdict !== "passed") return runs;
  const statuses = await readStatuses(octokit, ref, sha);
  if (statuses !== null && statuses.verdict !== "passed") return statuses;
  const reports = (runs?.reports ?? 0) + (statuses?.reports ?? 0);
  const silent = runs === null || statuses === null ? "unread" : "none";
  return { verdict: reports > 0 ? "passed" : silent, failed: [] };
}

/**
 * Whether they are no reason against an approval by a person: none has failed or is still to come. A commit without any is
 * green: there is nothing to fail. So is one whose checks cannot be read, because the App lacks the permission or GitHub
 * the feature: people see them where they review, a branch's required checks still hold the merge, and what is missing is
 * said where the App's missing permissions are.
 */
export function areGreen({ verdict }: Checks): boolean {
  return verdict !== "failed" && verdict !== "pending";
}

/** Null where the App lacks the permission or GitHub the feature. */
async function readRuns(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<Part | null> {
  const where = { owner: ref.owner, repo: ref.repo, ref: sha, per_page: 100 };
  const found = await nullWhenLacking(octokit.paginate(octokit.rest.checks.listForRef, where));
  if (found === null) return null;
  const runs = found.filter((run) => run.name !== checkRunNames.gate);
  const done = runs.filter((run) => run.status === "completed");
  const failed = done.filter((run) => !greenConclusions.includes(run.conclusion)).map((run) => run.name);
  const reports = runs.filter((run) => !isOwnCheck(run.name)).length;
  return { verdict: verdictOf(failed.length > 0, done.length < runs.length), failed, reports };
}

/**
 * GitHub sums up the newest status of each context: `success` when all are, `failure` for a failure or an error, else
 * `pending`; also for a commit that has none. Null as above.
 * @see https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
 */
async function readStatuses(octokit: ChecksClient, ref: RepositoryRef, sha: string): Promise<Part | null> {
  const { owner, repo } = ref;
  const found = await nullWhenLacking(octokit.rest.repos.getCombinedStatusForRef({ owner, repo, ref: sha }));
  if (found === null) return null;
  const { state, total_count: reports, statuses } = found.data;
  if (reports === 0) return { verdict: "passed", failed: [], reports };
  const failed = statuses.filter((each) => each.state === "failure" || each.state === "error");
  const isPending = state === "pending";
  return {
    verdict: verdictOf(state !== "success" && !isPending, isPending),
    failed: failed.map(({ context }) => context),
    reports,
  };
}

function verdictOf(hasFailed: boolean, isPending: boolean): "passed" | "pending" | "failed" {
  if (hasFailed) return "failed";
  return isPending ? "pending" : "passed";
}
