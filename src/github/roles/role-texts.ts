import type { Task } from "../../workflow/domain/task.ts";
import { codeSpan, inlineText } from "../present/safe-text.ts";

/** To somebody whose claim was released, because the role for it is gone. */
export function claimReleasedText(task: Pick<Task, "branch" | "number">, why: string): string {
  return [
    `${inlineText(why)} So task ${task.number} was given back and is free to be taken.`,
    `The branch ${codeSpan(task.branch)} and its commits are kept: whoever claims the task next goes on from there.`,
  ].join("\n\n");
}
