import type { Amendment } from "../../workflow/domain/amend-task.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { AppDeps } from "./app-deps.ts";
import { conclude, outcomeOf, type Trigger } from "./trigger.ts";

/**
 * Takes a title or dependencies that somebody gave a task on its issue. Whatever became of it, the issue is written again:
 * what was refused is put back, and the story's comment shows what was taken.
 */
export async function amendTask(deps: AppDeps, task: Task, amendment: Amendment, trigger: Trigger): Promise<void> {
  const { principal, roles, deliveryId } = trigger;
  const decision = await deps.workflow.amendTask({ taskId: task.id, amendment, principal, roles, deliveryId });
  await conclude(deps, trigger, { taskId: task.id }, outcomeOf(decision));
  await deps.write({ kind: "task", taskId: task.id });
  if (decision.kind === "moved") await deps.write({ kind: "story", storyId: task.storyId });
}
