import type { StoryId, TaskId } from "./ids.ts";

/** Whether a string has the form of a story's id. */
export function isStoryId(value: string): value is StoryId {
  return /^\d+-\d+$/.test(value);
}

/** Whether a string has the form of a task's id. */
export function isTaskId(value: string): value is TaskId {
  return /^\d+-\d+-p\d+-t\d+$/.test(value);
}
