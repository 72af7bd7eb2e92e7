import type { StoryId } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { type TimelineEntry, timelineOf, timelineTypes } from "../domain/timeline.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";

/** What happened to a story and its tasks, oldest first: at most `most` lines, the latest. */
export async function storyTimeline(
  { readEvents }: Pick<KnowledgeDeps, "readEvents">,
  tx: Transaction,
  story: StoryId,
  most: number,
): Promise<readonly TimelineEntry[]> {
  // At most every other one is a step that the fleet takes by itself, which has no line.
  const events = await readEvents(tx, { types: timelineTypes, story, limit: 2 * most, last: true });
  return timelineOf(events).slice(-most);
}
