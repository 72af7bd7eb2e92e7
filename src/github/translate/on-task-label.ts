import type { TaskState } from "../../kernel/states.ts";
import { overdue } from "../../workflow/domain/deadlines.ts";
import { permitOnTask, rolesOfRow } from "../../workflow/domain/decide-task.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { type RequestedTaskAction, type TaskTransition, taskRows } from "../../workflow/domain/task-machine.ts";
import type { AppDeps } from "./app-deps.ts";
import { askForReason } from "./feedback-hint.ts";
import { isFleetsLabel, refuseFleetsLabel } from "./fleets-label.ts";
import { concludeLabel, type LabelEvent, labelTrigger, onLabelTakenOff, refuseLabel } from "./label-event.ts";
import { labelTakenOff, noSuchState, noWay, otherFamily, stillFollowed } from "./label-refusals.ts";
import { wasHandled } from "./move-story.ts";
import { moveTask } from "./move-task.ts";
import type { Trigger } from "./trigger.ts";

/** The rows that people may take from here to there, in the order of the table. */
export function taskWays(from: TaskState, to: TaskState): readonly TaskTransition[] {
  return taskRows.filter(
    (row) => row.to === to && row.from.includes(from) && row.by.some((actor) => actor !== "system"),
  );
}

/** A label on a task's sub-issue or pull request, policed like those of a story. */
export async function onTaskLabel(deps: AppDeps, event: LabelEvent, task: Task): Promise<void> {
  if (wasHandled(task, event.deliveryId)) return;
  if (isFleetsLabel(event)) {
    const refusal = refuseFleetsLabel(event, { overdue: overdue(task).length > 0, attention: false });
    return refusal === null ? undefined : refuseLabel(deps, event, putBack(task), refusal);
  }
  if (event.action === "unlabeled") return takenOff(deps, event, task);
  const { meaning, label } = event;
  if (meaning.kind === "task") return;
  if (meaning.kind === "task-state") return ask(deps, event, task, meaning.state);
  const refusal =
    meaning.kind === "no-state" && meaning.family === "task"
      ? noSuchState("task", label.name, task.state)
      : otherFamily("task", label.name, task.state);
  return refuseLabel(deps, event, putBack(task), refusal);
}

async function ask(deps: AppDeps, event: LabelEvent, task: Task, wanted: TaskState): Promise<void> {
  if (wanted === task.state) return;
  const ways = taskWays(task.state, wanted);
  if (ways.length === 0) return refuseLabel(deps, event, putBack(task), noWay("task", task.state, wanted));
  const trigger = await labelTrigger(deps, event);
  const action = chooseWay(ways, task, trigger);
  const outcome = await moveTask(deps, trigger, task, action);
  await concludeLabel(deps, trigger, putBack(task), askForReason(outcome, action));
}

/**
 * Two rows may lead to one state (`release-task` and `retry`): the first that this person may take, else the first that a
 * role would allow, since that is what can be told to do about it.
 */
function chooseWay(ways: readonly TaskTransition[], task: Task, { principal, roles }: Trigger): RequestedTaskAction {
  const own = ways.find((row) => permitOnTask(task, row, principal, roles).allowed);
  const [first] = ways;
  if (first === undefined) throw new TypeError("a label asks for a row of the table");
  const byRole = ways.find((row) => rolesOfRow(row).some((role) => role !== "system"));
  return (own ?? byRole ?? first).action;
}

function putBack(task: Task) {
  return { kind: "task-label", taskId: task.id } as const;
}

async function takenOff(deps: AppDeps, event: LabelEvent, task: Task): Promise<void> {
  const { meaning } = event;
  if (meaning.kind === "task") return refuseLabel(deps, event, putBack(task), stillFollowed("task"));
  if (meaning.kind !== "task-state") return;
  if (meaning.state !== task.state) return deps.write(putBack(task));
  return onLabelTakenOff(deps, event, putBack(task), labelTakenOff("task", task.state));
}
