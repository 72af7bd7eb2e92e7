import { repositoryOf, type StoryId } from "../../kernel/ids.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import type { LeasePolicy } from "../domain/lease.ts";
import { areDependenciesDone, latestPlan } from "../domain/plan-progress.ts";
import { lacksRoom } from "../domain/story-room.ts";
import type { Cause } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { takeRoom } from "./story-room.ts";
import { transitionIn } from "./transition-task.ts";

/**
 * Assigns every task that is ready to a council: `todo`, no dependency open, its council not given up, its
 * story being worked on or with a place to begin (`limits.stories-in-progress`), and the repository's policy says that
 * councils start by themselves. It may be called at any time.
 */
export async function assignReady(deps: WorkflowDeps, storyId: StoryId, cause: Cause | null = null): Promise<void> {
  const repository = repositoryOf(storyId);
  if (!(await autoCouncil(deps, repository))) {
    return;
  }
  const [limit, lease] = await Promise.all([deps.storyLimit(repository), deps.sla(repository)]);
  await deps.graph.write(async (tx) => {
    const room = await takeRoom(deps, tx, storyId, limit);
    if (room === null || !lacksRoom(room)) await assignReadyIn(deps, tx, storyId, lease, cause);
  });
  deps.committed?.();
}

/** The same in the caller's transaction; the caller has asked for policy and lease, and knows that the story has a place. */
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
        openDependencies: [],
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
