import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { TaskState } from "../../kernel/states.ts";
import { permitOnTask, refuseOwnWork, refuseUnknownAuthors, rolesOfRow } from "./decide-task.ts";
import type { Task } from "./task.ts";
import { refuseByGuard } from "./task-guards.ts";
import { type RequestedTaskAction, type TaskTransition, taskRows } from "./task-machine.ts";
import type { TaskFacts } from "./task-request.ts";

/** One action that leads on from the task's state. */
export type AvailableTaskAction = {
  readonly action: RequestedTaskAction;
  readonly to: TaskState;
  readonly needsFeedback: boolean;
  readonly summary: string;
  /** Why this principal may not take it now; null where it may. Feedback that is still to be given does not count. */
  readonly refusal: Refusal | null;
};

/** Every action of the task's state, with whether this principal may take it now: for `/help` and the API. */
export function availableTaskActions(
  task: Task,
  principal: Principal,
  roles: RoleAnswer,
  facts: TaskFacts,
): readonly AvailableTaskAction[] {
  return leadingOn(task, facts).map((row) => {
    const permission = permitOnTask(task, row, principal, roles);
    return {
      action: row.action,
      to: row.to,
      needsFeedback: row.needsFeedback,
      summary: row.summary,
      refusal: permission.allowed
        ? (refuseOwnWork(task, row, principal) ?? guardOf(row, task, principal, facts))
        : permission.refusal,
    };
  });
}

/** A commit that is still to come will be on the branch: whoever asks what is possible has not pushed it yet. */
export function guardOf(row: TaskTransition, task: Task, principal: Principal, facts: TaskFacts): Refusal | null {
  return (
    refuseUnknownAuthors(task, row) ??
    refuseByGuard(row.guard, task, { ...facts, principal, onBranch: true }, rolesOfRow(row))
  );
}

/**
 * The rows that lead on; one that leads from a state to itself has its effect already. Where people decide about the
 * tests, nobody is told of the checks' own row.
 */
export function leadingOn(task: Task, { checksSay }: Pick<TaskFacts, "checksSay">): readonly TaskTransition[] {
  return taskRows
    .filter((row) => row.from.includes(task.state) && row.to !== task.state)
    .filter((row) => row.guard !== "checks-decide" || checksSay !== undefined);
}
