import { decideTask } from "../domain/decide-task.ts";
import { latestPlan } from "../domain/plan-progress.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { ApproveStory } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { causeOf, saveDecision } from "./task-changes.ts";

/**
 * The product owner's approval of every task of the story that waits for it, in one transaction: one decision for each
 * (DOMAIN.md §2, "One `/approve`"). Empty where none waits.
 */
export async function approveStory(deps: WorkflowDeps, command: ApproveStory): Promise<readonly TaskDecision[]> {
  const decisions = await deps.graph.write(async (tx) => {
    const made: TaskDecision[] = [];
    const tasks = latestPlan(await deps.tasks.findForChange(tx, command.storyId));
    for (const task of tasks.filter((candidate) => candidate.state === "pending-po-approval")) {
      const request = { ...command, action: "approve-story", now: deps.clock() } as const;
      const decision = decideTask(task, request);
      await saveDecision(deps, tx, task, decision, request, causeOf(command.deliveryId));
      made.push(decision);
    }
    return made;
  });
  deps.committed?.();
  return decisions;
}
