import type { StoryId } from "../../kernel/ids.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import { decideTask } from "../domain/decide-task.ts";
import type { Cause } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { saveDecision } from "./task-changes.ts";

/**
 * Cancels the open tasks of a story that was reset, edited anew or given up (DOMAIN.md §2, `reset`). `createdBefore`
 * (ISO 8601) is when that happened: the tasks of a plan that was approved since are not meant, however late this runs.
 */
export async function cancelTasks(
  deps: WorkflowDeps,
  storyId: StoryId,
  why: string,
  options: { readonly createdBefore?: string; readonly cause?: Cause } = {},
): Promise<void> {
  const { createdBefore, cause = null } = options;
  await deps.graph.write(async (tx) => {
    for (const task of await deps.tasks.findForChange(tx, storyId)) {
      if (createdBefore !== undefined && Date.parse(task.createdAt) > Date.parse(createdBefore)) {
        continue;
      }
      const request = {
        action: "cancel-with-story",
        principal: system,
        roles: systemRoles,
        feedback: why,
        deliveryId: null,
        now: deps.clock(),
      } as const;
      await saveDecision(deps, tx, task, decideTask(task, request), request, cause);
    }
  });
  deps.committed?.();
}
