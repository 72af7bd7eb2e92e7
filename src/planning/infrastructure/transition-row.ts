import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import { eventPayloads } from "../../kernel/event.ts";
import { roles } from "../../kernel/roles.ts";
import { storyStates } from "../../kernel/states.ts";
import type { Story, TransitionRecord } from "../domain/story.ts";
import { isStoryAction, type StoryAction } from "../domain/story-machine.ts";

const principal = eventPayloads["planning.story.transitioned"].shape.principal;

const transitionRow = z.object({
  from: z.enum(storyStates),
  to: z.enum(storyStates),
  action: z.custom<StoryAction>((action) => typeof action === "string" && isStoryAction(action)),
  principal: z.string().transform((text) => principal.parse(JSON.parse(text))),
  role: z.enum(roles).nullish(),
  reason: z.string().nullish(),
  deliveryId: z.string().nullish(),
  at: z.string(),
});

/** More than one decision ever records, so that the sequence rises from save to save. */
const recordsPerSave = 100;

/** Reads a transition's node (`t {.*}`). */
export function readTransitionRow(row: unknown): TransitionRecord {
  const record = transitionRow.parse(row);
  return {
    ...record,
    role: record.role ?? null,
    reason: record.reason ?? null,
    deliveryId: record.deliveryId ?? null,
  };
}

/** The properties of the transitions' nodes; `sequence` orders them, since several share a millisecond. */
export function transitionProperties(before: Story, records: readonly TransitionRecord[]): readonly Properties[] {
  return records.map((record, index) => ({
    ...record,
    principal: JSON.stringify(record.principal),
    sequence: before.version * recordsPerSave + index,
  }));
}
