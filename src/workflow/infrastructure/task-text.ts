import { z } from "zod";
import type { Task } from "../domain/task.ts";
import { readTaskRow, taskProperties } from "./task-row.ts";

/** A task as one text: its node's properties. */
export function taskToText(task: Task): string {
  return JSON.stringify(taskProperties(task));
}

/** The task of a text; null where another version of this code wrote it in a form that this one does not know. */
export function taskFromText(text: string): Task | null {
  try {
    return readTaskRow(JSON.parse(text));
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return null;
    throw error;
  }
}
