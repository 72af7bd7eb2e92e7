import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import { decideTask } from "../domain/decide-task.ts";
import { withCouncilChecks } from "../domain/failing-checks.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { Cause, CouncilFailed } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { causeOf, saveDecision, unknownTask } from "./task-changes.ts";

/**
 * Gives back a task whose council ended with nothing to hand in, with the reason: from then on it waits for a person, or
 * for somebody who asks for a council again, and knows what failed. A task that its council does not hold any more is left alone.
 */
export async function councilFailed(
  deps: WorkflowDeps,
  command: CouncilFailed,
  cause: Cause | null = causeOf(command.deliveryId),
): Promise<TaskDecision> {
  const decision = await deps.graph.write(async (tx): Promise<TaskDecision> => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task === null) {
      return unknownTask;
    }
    const holdsIt = task.state === "implementing" && task.assignee?.kind === "council";
    if (!holdsIt || (command.round !== undefined && command.round !== task.round)) {
      return { kind: "unchanged" };
    }
    const request = {
      action: "release-task",
      principal: system,
      roles: systemRoles,
      councilGaveUp: command.reason,
      deliveryId: command.deliveryId ?? null,
      now: deps.clock(),
    } as const;
    const failing = command.failing ?? [];
    const released = decideTask(task, request);
    const decided =
      released.kind === "moved" && failing.length > 0
        ? { ...released, task: withCouncilChecks(released.task, failing) }
        : released;
    await saveDecision(deps, tx, task, decided, request, cause);
    return decided;
  });
  deps.committed?.();
  return decision;
}
