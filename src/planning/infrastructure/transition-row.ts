import { z } from "zod";
import { storyStates } from "../../kernel/states.ts";
import { timelineFields } from "../../platform/graph/timeline-row.ts";
import type { TransitionRecord } from "../domain/story.ts";
import { isStoryAction, type StoryAction } from "../domain/story-machine.ts";

const transitionRow = z.object({
  ...timelineFields,
  from: z.enum(storyStates),
  to: z.enum(storyStates),
  action: z.custom<StoryAction>((action) => typeof action === "string" && isStoryAction(action)),
});

/** Reads a transition's node (`t {.*}`). */
export function readTransitionRow(row: unknown): TransitionRecord {
  return transitionRow.parse(row);
}
