import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { taskFamilies } from "../present/label-families.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { baseOf } from "../write/ensure-merged.ts";
import { labelRepair } from "./label-repair.ts";
import { handInMissed } from "./missed-delivery.ts";
import { reconcileReviews } from "./reconcile-reviews.ts";
import type { Repair } from "./repair.ts";

type PullRequest = Awaited<ReturnType<GitHubClient["rest"]["pulls"]["get"]>>["data"];

/**
 * Compares a task with its pull request: merged or closed, its labels, base and head, and what became of its reviews. A draft
 * only stands in the way of the merge, which is tried again whenever a task is shown.
 */
export async function reconcilePullRequest(deps: AppDeps, task: Task, number: number): Promise<readonly Repair[]> {
  const { repository } = task;
  const octokit = await deps.octokitFor(task.installation);
  const where = { owner: task.owner, repo: task.repo, pull_number: number };
  const answer = await nullWhenMissing(octokit.rest.pulls.get(where));
  if (answer === null) return [{ repository, number, what: "gone" }];
  const pull = answer.data;
  if (pull.state === "closed") {
    await handInMissed(deps, task, {
      event: "pull_request",
      name: `closed-${number}-${Date.parse(pull.closed_at ?? pull.updated_at)}`,
      sender: pull.merged_by ?? pull.user,
      defaultBranch: pull.base.repo.default_branch,
      payload: { action: "closed", pull_request: pull },
    });
    const isNews = (await deps.workflow.getTask(task.id))?.version !== task.version;
    return isNews ? [{ repository, number, what: pull.merged ? "merged" : "pull request closed" }] : [];
  }
  const repairs = [...labelRepair(task, pull, taskFamilies(task), task.stateSince, deps.clock())];
  const base = baseOf(pull);
  if (base !== null && base.ref !== base.wanted) {
    await deps.write({ kind: "pull-request-base", taskId: task.id });
    repairs.push({ repository, number, what: "base" });
  }
  if (pull.head.sha !== task.headSha) {
    await handInMissed(deps, task, {
      event: "pull_request",
      name: `synchronize-${number}-${pull.head.sha}`,
      sender: await authorOf(octokit, task, pull),
      payload: { action: "synchronize", pull_request: pull },
    });
    repairs.push({ repository, number, what: "head" });
  }
  return [...repairs, ...(await reconcileReviews(deps, octokit, task, pull))];
}

/** Nobody says who pushed: whoever wrote the commit counts. */
async function authorOf(octokit: GitHubClient, task: Task, pull: PullRequest) {
  const { data } = await octokit.rest.repos.getCommit({ owner: task.owner, repo: task.repo, ref: pull.head.sha });
  const author = data.author ?? data.committer;
  return author !== null && "id" in author && author.id !== undefined && author.login !== undefined
    ? { id: author.id, login: author.login }
    : pull.user;
}
