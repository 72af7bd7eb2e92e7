import { type StoryState, storyStates, type TaskState, taskStates } from "../../kernel/states.ts";
import type { LabelSpec } from "../write/ensure-labels.ts";
import { overdueLabel } from "./deadline-texts.ts";
import { storyStateTexts, taskStateTexts } from "./state-texts.ts";

/** The label that makes an issue a story, and the one that every task's sub-issue and pull request carries. */
export const storyLabel = "fleet:story";
export const taskLabel = "fleet:task";

/** The label of the issues that say what a repository's settings need. */
export const attentionLabel = "fleet:attention";

/** The prefixes of the state labels. */
export const statePrefixes = { story: "story/", task: "task/" } as const;

/** The label of a story's state. */
export function storyStateLabel(state: StoryState): string {
  return `${statePrefixes.story}${state}`;
}

/** The label of a task's state. */
export function taskStateLabel(state: TaskState): string {
  return `${statePrefixes.task}${state}`;
}

/**
 * Every label of the App, derived from the lists of states. The description ends in the label's own name: a label that
 * people rename is known again by it (`canonicalName`), and keeps the name that they gave it.
 */
export const labelSet: readonly LabelSpec[] = [
  marked(storyLabel, "5319e7", "A story that the fleet follows."),
  marked(overdueLabel, "d93f0b", "Waits for somebody for longer than agreed."),
  marked(taskLabel, "5319e7", "A task of a story that the fleet follows."),
  marked(attentionLabel, "d93f0b", "The fleet's settings need somebody."),
  ...storyStates.map((state) => {
    const { color, text } = storyStateTexts[state];
    return marked(storyStateLabel(state), color, text);
  }),
  ...taskStates.map((state) => {
    const { color, text } = taskStateTexts[state];
    return marked(taskStateLabel(state), color, text);
  }),
];

function marked(name: string, color: string, text: string): LabelSpec {
  return { name, color, description: `${text} [${name}]` };
}
