import { principalName } from "../../kernel/principal.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { markdownTable } from "./markdown-table.ts";
import { inlineText } from "./safe-text.ts";
import { type TestingGate, taskText, waitingFor } from "./state-texts.ts";

/** Tasks with their state, who has them now, and links to their issue and pull request. */
export function taskTable(tasks: readonly Task[], testing: TestingGate): string {
  const rows = tasks.map((task) => [
    `${task.number}. ${inlineText(task.title, 60)}${task.issueNumber === null ? "" : ` #${task.issueNumber}`}`,
    `\`${task.state}\``,
    whoHas(task, testing),
    task.pullRequest === null ? "" : `#${task.pullRequest}${task.merged ? " merged" : ""}`,
  ]);
  return markdownTable(["task", "state", "with", "pull request"], rows);
}

/** Whom it waits for, or who works on it. */
function whoHas(task: Task, testing: TestingGate): string {
  const waits = waitingFor(taskText(task.state, testing));
  if (waits !== null) return waits;
  return task.state === "implementing" ? holderOf(task) : "";
}

/** The holder as readers see it: "a council, round 2", or a name in code. */
export function holderOf(task: Task): string {
  if (task.assignee === null) return "nobody";
  const who = task.assignee.kind === "council" ? "a council" : inlineText(principalName(task.assignee.principal));
  return `${who}, round ${task.round}`;
}
