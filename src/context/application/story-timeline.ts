import type { StoryId } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { type TimelineEntry, tellingWho, timelineOf, timelineTypes } from "../domain/timeline.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";

/** So many lines tell where a story stands. */
export const mostEvents = 15;

export type TimelineAsked = {
  /** Lines at most, the latest. */
  readonly most: number;
  /** Only what is about one of these tasks, or the story as a whole; absent: all of it. */
  readonly tasks?: readonly string[] | undefined;
  readonly who?: keyof typeof tellingWho;
};

/** What happened to a story and its tasks, oldest first. */
export async function storyTimeline(
  { readEvents }: Pick<KnowledgeDeps, "readEvents">,
  tx: Transaction,
  story: StoryId,
  { most, tasks, who = "named" }: TimelineAsked,
): Promise<readonly TimelineEntry[]> {
  const asked = { types: timelineTypes, story, ...(tasks === undefined ? {} : { tasks }) };
  // At a gate one event of three has a line: the others are the routing after it, and the verdict as a decision.
  const events = await readEvents(tx, { ...asked, limit: 3 * most, last: true });
  return timelineOf(events, tellingWho[who]).slice(-most);
}
