import type { TaskState } from "../../kernel/states.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { ghost, handInMissed } from "./missed-delivery.ts";
import type { Repair } from "./repair.ts";

type PullRequest = Awaited<ReturnType<GitHubClient["rest"]["pulls"]["get"]>>["data"];

/** The states in which a review decides something. */
const gates: readonly TaskState[] = [
  "pending-arch-review",
  "arch-reviewing",
  "pending-qa",
  "qa-testing",
  "pending-po-approval",
];

/** Compares a task with its pull request: merged or closed, its head, and reviews that nobody heard of. */
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
  const repairs: Repair[] = [];
  if (pull.head.sha !== task.headSha) {
    await handInMissed(deps, task, {
      event: "pull_request",
      name: `synchronize-${number}-${pull.head.sha}`,
      sender: await authorOf(octokit, task, pull),
      payload: { action: "synchronize", pull_request: pull },
    });
    repairs.push({ repository, number, what: "head" });
  }
  for (const review of await missedReviews(deps, octokit, task, number)) {
    await handInMissed(deps, task, {
      event: "pull_request_review",
      name: `review-${review.id}`,
      sender: review.user ?? ghost,
      payload: { action: "submitted", review, pull_request: pull },
    });
    repairs.push({ repository, number, what: "review" });
  }
  return repairs;
}

/** Nobody says who pushed: whoever wrote the commit counts. */
async function authorOf(octokit: GitHubClient, task: Task, pull: PullRequest) {
  const { data } = await octokit.rest.repos.getCommit({ owner: task.owner, repo: task.repo, ref: pull.head.sha });
  const author = data.author ?? data.committer;
  return author !== null && "id" in author && author.id !== undefined && author.login !== undefined
    ? { id: author.id, login: author.login }
    : pull.user;
}

/**
 * Verdicts on the head that were given since the task came to its gate: one that was heard of moved it on, and is older
 * than the state that it led to.
 */
async function missedReviews(deps: AppDeps, octokit: GitHubClient, task: Task, pull_number: number) {
  const now = await deps.workflow.getTask(task.id);
  if (now === null || !gates.includes(now.state)) return [];
  const app = await deps.identityOf(task.installation);
  const where = { owner: task.owner, repo: task.repo, pull_number, per_page: 100 };
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, where);
  return reviews.filter(
    (review) =>
      ["APPROVED", "CHANGES_REQUESTED"].includes(review.state) &&
      review.commit_id === now.headSha &&
      !isOwn(review, app) &&
      Date.parse(review.submitted_at ?? "") > Date.parse(now.stateSince),
  );
}
