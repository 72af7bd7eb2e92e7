import { z } from "zod";
import type { Story } from "../domain/story.ts";
import { planProperties, readPlanRow, readStoryRow, storyProperties } from "./story-row.ts";

const stored = z.object({ story: z.unknown(), plan: z.unknown() });

/** A story as one text: its node's properties and its plan's. */
export function storyToText(story: Story): string {
  const { plan } = story;
  return JSON.stringify({ story: storyProperties(story), plan: plan === null ? null : planProperties(story, plan) });
}

/** The story of a text; null where another version of this code wrote it in a form that this one does not know. */
export function storyFromText(text: string): Story | null {
  try {
    const { story, plan } = stored.parse(JSON.parse(text));
    return { ...readStoryRow(story).story, plan: plan === null ? null : readPlanRow(plan) };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return null;
    throw error;
  }
}
