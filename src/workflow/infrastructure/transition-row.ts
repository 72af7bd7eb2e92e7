import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import { eventPayloads } from "../../kernel/event.ts";
import { roles } from "../../kernel/roles.ts";
import { taskStates } from "../../kernel/states.ts";
import type { Task, TransitionRecord } from "../domain/task.ts";
import { isTaskActionName, type TaskAction } from "../domain/task-machine.ts";

const principal = eventPayloads["workflow.task.transitioned"].shape.principal;

const transitionRow = z.object({
  from: z.enum(taskStates),
  to: z.enum(taskStates),
  action: z.custom<TaskAction>((action) => typeof action === "string" && isTaskActionName(action)),
  principal: z.string().transform((text) => principal.parse(JSON.parse(text))),
  role: z.enum(roles).nullish(),
  reason: z.string().nullish(),
  headTree: z.string().nullish(),
  deliveryId: z.string().nullish(),
  at: z.string(),
});

/** More than one decision ever records, so that the sequence rises from save to save. */
const recordsPerSave = 100;

/** Reads a transition's node (`r {.*}`). */
export function readTransitionRow(row: unknown): TransitionRecord {
  const record = transitionRow.parse(row);
  return {
    ...record,
    role: record.role ?? null,
    reason: record.reason ?? null,
    headTree: record.headTree ?? null,
    deliveryId: record.deliveryId ?? null,
  };
}

/** The properties of the transitions' nodes; `sequence` orders them, since several share a millisecond. */
export function transitionProperties(before: Task, records: readonly TransitionRecord[]): readonly Properties[] {
  return records.map((record, index) => ({
    ...record,
    principal: JSON.stringify(record.principal),
    sequence: before.version * recordsPerSave + index,
  }));
}
