import type { FleetEvent } from "../../kernel/event.ts";
import type { Deadline } from "../../workflow/domain/deadline.ts";
import { overdue, roleOfDeadline } from "../../workflow/domain/deadlines.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { rolePhrase } from "./state-texts.ts";

/** The one label of work that waits for longer than agreed. */
export const overdueLabel = "fleet:overdue";

/** What a task's label says of its deadlines: the label while one is over, and none otherwise. */
export function overdueFamily(task: Pick<Task, "state" | "deadlines">) {
  return { prefix: overdueLabel, wanted: overdue(task).length > 0 ? [overdueLabel] : [] };
}

/** A line for each deadline that is over, for the status comments; "" where there is none. */
export function overdueLines(task: Pick<Task, "state" | "deadlines" | "number">): string {
  return overdue(task)
    .map((deadline) => `**Overdue**: ${sentence(deadline, task.number)}`)
    .join("\n");
}

/** The reminder, said once and mentioning nobody: who is waited for sees it on the pull request. */
export function reminderText(payload: FleetEvent<"workflow.task.overdue">["payload"]): string {
  const { deadline, since, dueAt, task } = payload;
  return [
    `Overdue: ${sentence({ kind: deadline, since, dueAt }, task)}`,
    "This is the only reminder. The label `fleet:overdue` goes away when the task moves on.",
  ].join("\n\n");
}

function sentence({ kind, since, dueAt }: Pick<Deadline, "kind" | "since" | "dueAt">, number: number): string {
  const role = roleOfDeadline(kind);
  const what =
    role === null
      ? `task ${number} has been worked on since ${minute(since)}`
      : `task ${number} has waited for ${rolePhrase([role])} since ${minute(since)}`;
  return `${what}; it was due by ${minute(dueAt)} (UTC).`;
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
