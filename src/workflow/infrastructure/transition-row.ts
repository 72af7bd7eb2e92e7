import { z } from "zod";
import { taskStates } from "../../kernel/states.ts";
import { timelineFields } from "../../platform/graph/timeline-row.ts";
import type { TransitionRecord } from "../domain/task.ts";
import { isTaskActionName, type TaskAction } from "../domain/task-machine.ts";

const transitionRow = z.object({
  ...timelineFields,
  from: z.enum(taskStates),
  to: z.enum(taskStates),
  action: z.custom<TaskAction>((action) => typeof action === "string" && isTaskActionName(action)),
  headTree: z
    .string()
    .nullish()
    .transform((tree) => tree ?? null),
});

/** Reads a transition's node (`r {.*}`). */
export function readTransitionRow(row: unknown): TransitionRecord {
  return transitionRow.parse(row);
}
