import { repositoryOf } from "../../kernel/ids.ts";
import { decideReview } from "../domain/review.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { ReviewTask } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { causeOf, saveDecision, unknownTask } from "./task-changes.ts";
import { awaitsOf } from "./transition-task.ts";

/**
 * Takes a review as the decision at the gate that is open now, architect, qa or product owner: it claims and decides in
 * one step (DOMAIN.md §3). Whether the reviewer may decide there is refused or allowed like every other request.
 */
export async function reviewTask(deps: WorkflowDeps, command: ReviewTask): Promise<TaskDecision> {
  // The product owner's rejection puts the task back into the hands of its holder.
  const lease = command.verdict === "reject" ? { lease: await deps.sla(repositoryOf(command.taskId)) } : {};
  const decision = await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task === null) {
      return unknownTask;
    }
    const awaits = await awaitsOf(deps, tx, task);
    const { action, decision: decided } = decideReview(task, command.verdict, { ...command, ...lease, awaits });
    await saveDecision(deps, tx, task, decided, { ...command, action }, causeOf(command.deliveryId));
    return decided;
  });
  deps.committed?.();
  return decision;
}
