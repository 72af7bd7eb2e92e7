import type { EventType, FleetEvent } from "../../kernel/event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { parseEvent } from "./parse-event.ts";

export type EventFilter = {
  /** Only events after this id: pass the last one's to read on. */
  readonly after?: string;
  /** Only events about this story, its tasks included. */
  readonly story?: string;
  readonly repository?: number;
  readonly types?: readonly EventType[];
  /** At most this many; 500 if not given. */
  readonly limit?: number;
};

/**
 * The event log in the order of the ids, for a replay or a timeline. Throws a `PermanentError` at an event that this
 * code cannot read. A transaction that commits late may add an event before one that was read already.
 */
export async function readEvents(tx: Transaction, filter: EventFilter = {}): Promise<readonly FleetEvent[]> {
  const conditions = [
    ...(filter.story === undefined ? [] : ["e.story = $story"]),
    ...(filter.repository === undefined ? [] : ["e.repository = $repository"]),
    ...(filter.after === undefined ? [] : ["e.id > $after"]),
    ...(filter.types === undefined ? [] : ["e.type IN $types"]),
  ];
  const rows = await tx.run(
    `MATCH (e:Event) ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")} ` : ""}
     RETURN e {.*} AS event ORDER BY e.id LIMIT $limit`,
    {
      story: filter.story ?? null,
      repository: filter.repository ?? null,
      after: filter.after ?? null,
      types: filter.types ?? null,
      limit: filter.limit ?? 500,
    },
  );
  return rows.map((row) => parseEvent(row["event"]));
}
