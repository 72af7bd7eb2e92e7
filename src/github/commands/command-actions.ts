import type { StoryState, TaskState } from "../../kernel/states.ts";
import { type StoryAction, storyRows } from "../../planning/domain/story-machine.ts";
import { reviewActions, type Verdict } from "../../workflow/domain/review.ts";
import { type RequestedTaskAction, taskRows } from "../../workflow/domain/task-machine.ts";
import { type CommandName, commandRow, commandRows, usageOf } from "./command-table.ts";

/** What a command asks a story's machine for in a state: the first row of the machine that fits; null where none does. */
export function storyActionOf(name: CommandName, state: StoryState): StoryAction | null {
  const { story } = commandRow(name);
  return storyRows.find((row) => story.includes(row.action) && row.from.includes(state))?.action ?? null;
}

/** What a command asks a task's machine for in a state; a verdict claims and decides in one step (DOMAIN.md §3). */
export function taskActionOf(name: CommandName, state: TaskState): RequestedTaskAction | null {
  const { task } = commandRow(name);
  if (isVerdict(task)) return reviewActions(state, task).at(-1) ?? null;
  return taskRows.find((row) => task.includes(row.action) && row.from.includes(state))?.action ?? null;
}

/** The states of a story in which a command asks its machine for something. */
export function storyStatesFor(name: CommandName): readonly StoryState[] {
  const { story } = commandRow(name);
  return [...new Set(storyRows.filter((row) => story.includes(row.action)).flatMap((row) => row.from))];
}

/** The states of a task in which a command asks its machine for something. */
export function taskStatesFor(name: CommandName, all: readonly TaskState[]): readonly TaskState[] {
  return all.filter((state) => taskActionOf(name, state) !== null);
}

/** The commands, as they are typed, that ask for a story's action. */
export function commandsForStory(action: StoryAction): readonly string[] {
  return commandRows.filter((row) => row.story.includes(action)).map(usageOf);
}

/** The commands, as they are typed, that ask for a task's action in a state. */
export function commandsForTask(action: RequestedTaskAction, state: TaskState): readonly string[] {
  return commandRows
    .filter(({ name, task }) => (isVerdict(task) ? taskActionOf(name, state) === action : task.includes(action)))
    .map(usageOf);
}

export function isVerdict(asked: readonly RequestedTaskAction[] | Verdict): asked is Verdict {
  return typeof asked === "string";
}
