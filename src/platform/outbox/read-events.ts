import type { EventType, FleetEvent } from "../../kernel/event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { parseEvent } from "./parse-event.ts";

export type EventFilter = {
  /** Only events after this id: pass the last one's to read on. */
  readonly after?: string;
  /** Only events up to this id. */
  readonly upTo?: string;
  /** Only events about this story, its tasks included. */
  readonly story?: string;
  /** Only events about one of these tasks, or about no task. */
  readonly tasks?: readonly string[];
  readonly repository?: number;
  readonly types?: readonly EventType[];
  /** At most this many; 500 if not given. */
  readonly limit?: number;
  /** The last ones instead of the first. They come oldest first all the same. */
  readonly last?: true;
};

/**
 * The event log in the order of the ids, for a replay or a timeline. Throws a `PermanentError` at an event that this
 * code cannot read. A transaction that commits late may add an event before one that was read already.
 */
export async function readEvents(tx: Transaction, filter: EventFilter = {}): Promise<readonly FleetEvent[]> {
  const conditions = [
    ...(filter.repository === undefined ? [] : ["e.repository = $repository"]),
    ...(filter.after === undefined ? [] : ["e.id > $after"]),
    ...(filter.upTo === undefined ? [] : ["e.id <= $upTo"]),
    ...(filter.types === undefined ? [] : ["e.type IN $types"]),
    ...(filter.tasks === undefined ? [] : ["(e.task IS NULL OR e.task IN $tasks)"]),
  ];
  const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
  // The story stands alone and the rest after a WITH: together the embedded graph would scan every event for them.
  const match =
    filter.story === undefined ? `MATCH (e:Event) ${where}` : `MATCH (e:Event {story: $story}) WITH e ${where}`;
  const rows = await tx.run(
    // The order and the limit come before the maps: those of all events would be made first, and most thrown away.
    `${match} WITH e ORDER BY e.id ${filter.last === true ? "DESC " : ""}LIMIT $limit RETURN e {.*} AS event`,
    {
      story: filter.story ?? null,
      repository: filter.repository ?? null,
      after: filter.after ?? null,
      upTo: filter.upTo ?? null,
      types: filter.types ?? null,
      tasks: filter.tasks ?? null,
      limit: filter.limit ?? 500,
    },
  );
  const events = rows.map((row) => parseEvent(row["event"]));
  return events.sort((a, b) => (a.id < b.id ? -1 : 1));
}
