import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { storyText, type TestingGate, taskText, waitingFor } from "./state-texts.ts";

/** The answer to `/status` on a story: a few lines; the status comment has the rest. */
export function storyStatusReply(
  story: Story,
  tasks: readonly Task[],
  readiness: { readonly score: number; readonly threshold: number },
  testing: TestingGate,
): string {
  const isEarly = story.state === "draft" || story.state === "po-review";
  const ready = isEarly ? [`- Readiness ${readiness.score}/100; ${readiness.threshold} are needed.`] : [];
  return [
    sentence("The story", story.state, storyText(story.state, testing)),
    ...ready,
    ...tasks.map((task) => taskLine(task, testing)),
  ].join("\n");
}

/** The answer to `/status` on a task. */
export function taskStatusReply(task: Task, testing: TestingGate): string {
  return sentence(`Task ${task.number}`, task.state, taskText(task.state, testing));
}

function taskLine(task: Task, testing: TestingGate): string {
  const where = [task.issueNumber, task.pullRequest]
    .flatMap((number) => (number === null ? [] : [`#${number}`]))
    .join(", ");
  return `- ${sentence(`Task ${task.number}`, task.state, taskText(task.state, testing))}${where === "" ? "" : ` (${where})`}`;
}

function sentence(what: string, state: string, text: Parameters<typeof waitingFor>[0]): string {
  const whom = waitingFor(text);
  return `${what} is in \`${state}\`: ${text.text}${whom === null ? "" : ` Waiting for **${whom}**.`}`;
}
