import type { Task } from "../../workflow/domain/task.ts";
import { codeSpan, inlineText } from "./safe-text.ts";
import { rolePhrase, taskStateTexts } from "./state-texts.ts";

/** One sentence or two for what happens to issues, sprints, branches and pull requests besides decisions. */

const by = (login: string) => codeSpan(`@${login}`);

/** A sprint was closed before the story was done. */
export function carriedOverText(sprint: string, login: string): string {
  return `The sprint “${inlineText(sprint, 100)}” was closed by ${by(login)} before this story was done, so it is carried over. The product owner says how it goes on: \`/continue\` as it is, the label \`story/draft\` to write it anew, or \`/archive\`.`;
}

/** A task's issue was deleted or transferred. */
export function taskIssueGoneText(task: Task, how: string, login: string): string {
  return `The issue of task ${task.number} was ${inlineText(how, 20)} by ${by(login)}; the fleet makes a new one, because the task goes on. To give the task up, the product owner closes its issue as not planned.`;
}

/** A person made another issue a sub-issue of a story. */
export function foreignSubIssueText(child: number, state: string, login: string): string {
  const beforeTasks = ["draft", "po-review", "ready-for-planning", "planned"].includes(state);
  const how = beforeTasks
    ? "tasks come from the plan: when there is one, the product owner adds a line to its comment"
    : "the approved plan holds the tasks: write a story of its own, or the product owner begins this one anew with `/reset`";
  return `${by(login)}, #${child} stays what it is and is no task of this story; ${how}.`;
}

/** A task's pull request was closed without a merge. */
export function pullRequestClosedText(task: Task, login: string): string {
  return `${by(login)} closed this without merging it, but task ${task.number} goes on: it stays in \`${task.state}\`. Reopen the pull request to go on as it was. To give the task up, the product owner closes its issue${issueOf(task)} as not planned; to begin it again, a developer says \`/retry\` there.`;
}

/** A task's branch was deleted with work on it. */
export function branchDeletedText(task: Task, login: string): string {
  return `${by(login)} deleted ${codeSpan(task.branch)}, which holds the work on task ${task.number}; the task stays in \`${task.state}\`. Restore the branch and reopen the pull request to go on as it was. To begin the task again, a developer says \`/retry\` on its issue${issueOf(task)}; to give it up, the product owner closes that as not planned.`;
}

/** A person merged a task's pull request before every gate had approved. */
export function mergedEarlyText(task: Task, login: string): string {
  const whom = taskStateTexts[task.state].waitsFor;
  const waits = whom.length === 0 ? "" : ` (it waits for ${rolePhrase(whom)})`;
  const judged =
    task.state !== "todo" &&
    task.state !== "implementing" &&
    task.state !== "arch-rejected" &&
    task.state !== "qa-failed";
  const next = judged
    ? "The gates still decide, now on what is merged; whoever rejects it asks for a revert."
    : "It cannot be handed in any more: the product owner gives the task up by closing its issue as not planned, and what is missing becomes a new story.";
  return `${by(login)} merged task ${task.number} before every gate had approved: it stays in \`${task.state}\`${waits}. ${next}`;
}

/** A person merged a task's pull request into another branch than the default one. */
export function mergedElsewhereText(task: Task, base: string, wanted: string, login: string): string {
  return `${by(login)} merged this into ${codeSpan(base)}, which is not ${codeSpan(wanted)}: that is no merge of task ${task.number}, which stays in \`${task.state}\`. Open a pull request of ${codeSpan(task.branch)} into ${codeSpan(wanted)} to go on.`;
}

/** A pull request from a fork whose branch is named like a task's. */
export function forkText(task: Task, login: string): string {
  return `${by(login)}, this pull request is not that of task ${task.number}, though its branch is named like the task's: it comes from a fork, so labels, commands and reviews here move nothing. Whoever may push here brings the work in by the branch ${codeSpan(task.branch)} of this repository, for which the fleet opens a pull request.`;
}

function issueOf(task: Task): string {
  return task.issueNumber === null ? "" : ` #${task.issueNumber}`;
}
