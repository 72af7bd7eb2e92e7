import type { StoryId } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { type TimelineEntry, tellingWho, timelineOf, timelineTypes } from "../domain/timeline.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";

/** So many lines tell where a story stands. */
export const mostEvents = 15;

/** What happened to a story and its tasks, oldest first: at most `most` lines, the latest. */
export async function storyTimeline(
  { readEvents }: Pick<KnowledgeDeps, "readEvents">,
  tx: Transaction,
  story: StoryId,
  most: number,
  who: keyof typeof tellingWho = "named",
): Promise<readonly TimelineEntry[]> {
  // At a gate one event of three has a line: the others are the routing after it, and the verdict as a decision.
  const events = await readEvents(tx, { types: timelineTypes, story, limit: 3 * most, last: true });
  return timelineOf(events, tellingWho[who]).slice(-most);
}
