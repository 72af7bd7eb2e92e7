import { type StoryState, storyStates, type TaskState, taskStates } from "../../kernel/states.ts";
import type { LabelSpec } from "../write/ensure-labels.ts";
import { overdueLabel } from "./overdue.ts";
import { storyStateTexts, taskStateTexts } from "./state-texts.ts";

/** The label that makes an issue a story, and the one that every task's sub-issue and pull request carries. */
export const storyLabel = "fleet:story";
export const taskLabel = "fleet:task";

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

/** Every label of the App, derived from the lists of states. */
export const labelSet: readonly LabelSpec[] = [
  { name: storyLabel, color: "5319e7", description: "A story that the fleet follows." },
  { name: overdueLabel, color: "d93f0b", description: "Waits for somebody for longer than agreed." },
  { name: taskLabel, color: "5319e7", description: "A task of a story that the fleet follows." },
  ...storyStates.map((state) => ({
    name: storyStateLabel(state),
    color: storyStateTexts[state].color,
    description: storyStateTexts[state].text,
  })),
  ...taskStates.map((state) => ({
    name: taskStateLabel(state),
    color: taskStateTexts[state].color,
    description: taskStateTexts[state].text,
  })),
];
