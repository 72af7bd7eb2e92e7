import { type TaskState, taskStates } from "../../kernel/states.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { repositoryOf } from "./payload-parts.ts";
import { statusPayload } from "./pull-request-payloads.ts";
import { taskOfBranch } from "./record-branch-head.ts";
import { checkOfStatus } from "./reported-check.ts";

/** The states in which something may wait for a check: from the first review on. */
const underReview: readonly TaskState[] = taskStates.slice(taskStates.indexOf("pending-arch-review"));

/**
 * Commit statuses, which are checks of another make: what failed is kept for who works on the task next, and a merge that one blocked may be possible now. One that is pending
 * opens nothing.
 */
export async function onStatus(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = statusPayload.parse(delivery.payload);
  if (payload.state === "pending") return;
  const ref = repositoryOf(payload);
  const branches = payload.branches.map(({ name }) => name);
  const report = checkOfStatus(payload);
  for (const { id: taskId } of await tasksAt(deps, ref, payload.sha, branches)) {
    await deps.workflow.recordCheck({ taskId, ...report });
    await deps.write({ kind: "task", taskId });
  }
}

/** The tasks whose head the commit is. Where no branch is named, which servers may leave out, all that wait are looked at. */
async function tasksAt(deps: AppDeps, ref: RepositoryRef, sha: string, branches: readonly string[]) {
  const found: (Task | null)[] = [];
  for (const branch of branches) found.push(await taskOfBranch(deps, ref, branch));
  const waiting =
    branches.length > 0 ? [] : await deps.workflow.findTasks({ repository: ref.repository, states: underReview });
  return [...found, ...waiting]
    .filter((task) => task !== null)
    .filter(({ headSha, merged }) => headSha === sha && !merged);
}
