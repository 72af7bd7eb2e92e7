import type { FleetEvent } from "../../kernel/event.ts";
import type { Deadline } from "../../workflow/domain/deadline.ts";
import { overdue, roleOfDeadline } from "../../workflow/domain/deadlines.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { OverdueMark } from "./overdue.ts";
import { rolePhrase } from "./state-texts.ts";

/** The one label of work that waits for longer than agreed. */
export const overdueLabel = "fleet:overdue";

type Late = Pick<Task, "state" | "deadlines" | "number">;

/** What a task's label says of its deadlines: the label while one is over, and none otherwise. */
export function overdueFamily(task: Pick<Task, "state" | "deadlines">) {
  return { prefix: overdueLabel, wanted: overdue(task).length > 0 ? [overdueLabel] : [] };
}

/** What of a task is late, for the status comments. */
export function overdueMarks(task: Late): readonly OverdueMark[] {
  return overdue(task).map(({ kind, dueAt }) => ({ what: whatIsLate(kind, task.number), due: dueAt }));
}

/** The reminder, said once and mentioning nobody: who is waited for sees it on the pull request. */
export function reminderText(payload: FleetEvent<"workflow.task.overdue">["payload"]): string {
  const { deadline, since, dueAt, task } = payload;
  return [
    `Overdue: ${whatIsLate(deadline, task)}, open since ${minute(since)}, was due by ${minute(dueAt)} (UTC).`,
    "This is the only reminder. The label `fleet:overdue` goes away when the task moves on.",
  ].join("\n\n");
}

function whatIsLate(kind: Deadline["kind"], number: number): string {
  const role = roleOfDeadline(kind);
  return role === null ? `task ${number} as a whole` : `the decision of ${rolePhrase([role])} on task ${number}`;
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
