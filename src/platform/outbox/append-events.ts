import type { FleetEvent } from "../../kernel/event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { checkPayload, type EventRow } from "./parse-event.ts";

/**
 * Writes events into the same transaction as the state that they announce (DOMAIN.md §6), in one statement. `Event` is
 * the log, for good; `Outbox` marks what no relay has published yet. Throws a `PermanentError` for a payload that does
 * not fit its type.
 */
export async function appendEvents(tx: Transaction, events: readonly FleetEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.run(appendEventRows, { events: events.map(eventRow) });
}

/** The statement, also as the last clause of one that writes the state: `$events` are rows of `eventRow`. */
export const appendEventRows = "UNWIND $events AS event CREATE (e:Event:Outbox) SET e += event";

/** An event as the properties of its node. Throws a `PermanentError` for a payload that does not fit its type. */
export function eventRow(event: FleetEvent) {
  return {
    id: event.id,
    type: event.type,
    version: event.version,
    occurredAt: event.occurredAt,
    producer: event.producer,
    correlationId: event.correlationId,
    causationId: event.causationId,
    installation: event.subject.installation,
    repository: event.subject.repository,
    story: event.subject.story,
    task: event.subject.task,
    payload: JSON.stringify(checkPayload(event.type, event.payload)),
  } satisfies EventRow;
}
