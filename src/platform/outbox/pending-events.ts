import type { FleetEvent } from "../../kernel/event.ts";
import type { Graph } from "../graph/graph.ts";
import { parseEvent } from "./parse-event.ts";

/** A page of the outbox: what can be published, and what this code cannot read, with the reason. */
export type PendingPage = {
  readonly events: readonly FleetEvent[];
  readonly unreadable: readonly { readonly id: string; readonly error: unknown }[];
};

/**
 * The oldest events that no relay has published yet, in the order of their ids, after the first `skip`. It scans the
 * `Outbox` label only, which holds nothing but pending events; a range on the id would walk the whole log instead.
 */
export async function readPendingEvents(graph: Graph, skip: number, limit: number): Promise<PendingPage> {
  const rows = await graph.query(
    `MATCH (e:Outbox)
     WITH e ORDER BY e.id SKIP $skip LIMIT $limit
     RETURN e.id AS id, e {.*} AS event ORDER BY id`,
    { skip, limit },
  );
  const events: FleetEvent[] = [];
  const unreadable: { id: string; error: unknown }[] = [];
  for (const row of rows) {
    try {
      events.push(parseEvent(row["event"]));
    } catch (error) {
      unreadable.push({ id: String(row["id"]), error });
    }
  }
  return { events, unreadable };
}

/** Takes events out of the outbox; they stay in the log. */
export async function markPublished(graph: Graph, events: readonly FleetEvent[]): Promise<void> {
  await graph.write((tx) =>
    tx.run("MATCH (e:Event) WHERE e.id IN $ids REMOVE e:Outbox", { ids: events.map((event) => event.id) }),
  );
}

/** How many events no relay has published yet. */
export async function countPending(graph: Graph): Promise<number> {
  const [row] = await graph.query("MATCH (e:Outbox) RETURN count(e) AS pending");
  return Number(row?.["pending"] ?? 0);
}
