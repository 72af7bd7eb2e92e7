import { repositoryOf, type StoryId } from "../../kernel/ids.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { LeasePolicy } from "../domain/lease.ts";
import { areDependenciesDone, latestPlan } from "../domain/plan-progress.ts";
import type { Cause } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";

import { transitionIn } from "./transition-task.ts";

/**
 * Assigns every task that is ready to a council: `todo`, dependencies done and merged, its council not given up, its
 * story being worked on, and the repository's policy says that councils start by themselves. It may be called at any time.
 */
export async function assignReady(deps: WorkflowDeps, storyId: StoryId, cause: Cause | null = null): Promise<void> {
  if (!(await autoCouncil(deps, repositoryOf(storyId)))) {
    return;
  }
  const lease = await deps.sla(repositoryOf(storyId));
  await deps.graph.write((tx) => assignReadyIn(deps, tx, storyId, lease, cause));
  deps.committed?.();
}

/** The same in the caller's transaction; the caller has asked for the policy and the lease. */
export async function assignReadyIn(
  deps: WorkflowDeps,
  tx: Transaction,
  storyId: StoryId,
  lease: LeasePolicy,
  cause: Cause | null,
): Promise<void> {
  const story = await deps.stories(tx, storyId);
  if (story === null || !story.executing) {
    return;
  }
  const tasks = latestPlan(await deps.tasks.find(tx, { storyId }));
  for (const task of tasks) {
    const isReady = task.state === "todo" && task.councilGaveUp === null && areDependenciesDone(task, tasks);
    if (isReady && task.planVersion === story.approvedPlan) {
      const assign = {
        taskId: task.id,
        action: "assign",
        principal: system,
        roles: systemRoles,
        assignee: { kind: "council" },
        dependenciesDone: true,
        lease,
        deliveryId: null,
        now: deps.clock(),
      } as const;
      await transitionIn(deps, tx, assign, cause);
    }
  }
}

/** Whether a repository's councils start by themselves. */
export async function autoCouncil(deps: WorkflowDeps, repository: number): Promise<boolean> {
  const policy = await deps.councilPolicy(repository);
  return policy.available && policy.start === "auto";
}
