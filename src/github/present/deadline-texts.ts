import type { FleetEvent } from "../../kernel/event.ts";
import type { Story } from "../../planning/domain/story.ts";
import { overdueDecision } from "../../planning/domain/story-deadline.ts";
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

/** The same of a story's own deadline. */
export function overdueStoryFamily(story: Pick<Story, "state" | "deadline">) {
  return { prefix: overdueLabel, wanted: overdueDecision(story) === null ? [] : [overdueLabel] };
}

/** What of a story is late: the decision of its product owner, then what its tasks wait for. */
export function overdueStoryMarks(
  story: Pick<Story, "state" | "deadline">,
  tasks: readonly Late[],
): readonly OverdueMark[] {
  const late = overdueDecision(story);
  const own = late === null ? [] : [{ what: lateDecision(story.state), due: late.dueAt }];
  return [...own, ...tasks.flatMap(overdueMarks)];
}

/** What of a task is late, for the status comments. */
export function overdueMarks(task: Late): readonly OverdueMark[] {
  return overdue(task).map(({ kind, dueAt }) => ({ what: whatIsLate(kind, task.number), due: dueAt }));
}

/** The reminder, said once and mentioning nobody: who is waited for sees it on the pull request. */
export function reminderText(payload: FleetEvent<"workflow.task.overdue">["payload"]): string {
  return reminder(whatIsLate(payload.deadline, payload.task), "task", payload);
}

/** The same of a story that waits for its product owner. */
export function storyReminderText(payload: FleetEvent<"planning.story.overdue">["payload"]): string {
  return reminder(lateDecision(payload.state), "story", payload);
}

type Times = { readonly since: string; readonly dueAt: string };

function reminder(late: string, thing: "task" | "story", { since, dueAt }: Times): string {
  return [
    `Overdue: ${late}, open since ${minute(since)}, was due by ${minute(dueAt)} (UTC).`,
    `This is the only reminder. The label \`${overdueLabel}\` goes away when the ${thing} moves on.`,
  ].join("\n\n");
}

function lateDecision(state: Story["state"]): string {
  return `the decision of ${rolePhrase(["product-owner"])} on the ${state === "planned" ? "plan" : "text"}`;
}

function whatIsLate(kind: Deadline["kind"], number: number): string {
  const role = roleOfDeadline(kind);
  return role === null ? `task ${number} as a whole` : `the decision of ${rolePhrase([role])} on task ${number}`;
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
