import type { TaskState } from "../../kernel/states.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient } from "../client/octokit.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { ghost, handInMissed } from "./missed-delivery.ts";
import type { Repair } from "./repair.ts";

type PullRequest = Awaited<ReturnType<GitHubClient["rest"]["pulls"]["get"]>>["data"];
type Review = Awaited<ReturnType<GitHubClient["rest"]["pulls"]["listReviews"]>>["data"][number];

/** The states in which a review decides something. */
const gates: readonly TaskState[] = [
  "pending-arch-review",
  "arch-reviewing",
  "pending-qa",
  "qa-testing",
  "pending-po-approval",
];

/**
 * Compares the reviews that GitHub lists with what is known of them: approvals that were dismissed since, then verdicts that
 * nobody heard of. Reported is what had an effect.
 */
export async function reconcileReviews(
  deps: AppDeps,
  octokit: GitHubClient,
  task: Task,
  pull: PullRequest,
): Promise<readonly Repair[]> {
  const now = (await deps.workflow.getTask(task.id)) ?? task;
  if (!gates.includes(now.state) && now.approvals.length === 0) return [];
  const where = { owner: task.owner, repo: task.repo, pull_number: pull.number, per_page: 100 };
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, where);
  const app = await deps.identityOf(task.installation);
  const others = reviews.filter((review) => !isOwn(review, app));
  const repairs: Repair[] = [];
  const handIn = async (what: "dismissal" | "review", review: Review) => {
    const before = await versionOf(deps, task);
    await handInMissed(deps, task, {
      event: "pull_request_review",
      name: `${what}-${review.id}`,
      // Who dismissed a review is in no answer.
      sender: what === "review" ? (review.user ?? ghost) : ghost,
      payload: { action: what === "review" ? "submitted" : "dismissed", review, pull_request: pull },
    });
    if ((await versionOf(deps, task)) !== before)
      repairs.push({ repository: task.repository, number: pull.number, what });
  };
  const dismissed = now.approvals.filter(({ reviewId }) =>
    others.some((review) => review.id === reviewId && review.state === "DISMISSED"),
  );
  for (const { reviewId } of dismissed)
    for (const review of others.filter(({ id }) => id === reviewId)) await handIn("dismissal", review);
  const current = (await deps.workflow.getTask(task.id)) ?? now;
  if (!gates.includes(current.state)) return repairs;
  // What was said after an approval that is dismissed now is older than the state that the dismissal led to.
  const since = dismissed.map(({ at }) => at).sort()[0] ?? current.stateSince;
  for (const review of others.filter((each) => isVerdict(each, current, since))) await handIn("review", review);
  return repairs;
}

/**
 * A verdict on the head that was given since the task came to its gate: one that was heard of moved it on, and is older than
 * the state that it led to.
 */
function isVerdict(review: Review, task: Task, since: string): boolean {
  const isOnHead = ["APPROVED", "CHANGES_REQUESTED"].includes(review.state) && review.commit_id === task.headSha;
  return isOnHead && Date.parse(review.submitted_at ?? "") > Date.parse(since);
}

async function versionOf(deps: AppDeps, { id }: Task): Promise<number | undefined> {
  return (await deps.workflow.getTask(id))?.version;
}
