import { toIso } from "./clock.ts";
import type { EventBody, EventSubject, FleetEvent } from "./event.ts";

/** What only the use case knows of an event (DOMAIN.md §6). */
export type EventContext = {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The context that speaks: `planning`, `workflow`, … */
  readonly producer: string;
  readonly subject: EventSubject;
  /** The delivery or request that began the road; the same on every event that follows from it. */
  readonly correlationId: string;
  /** The id of the event that caused this one; null at the start of a road. */
  readonly causationId: string | null;
};

/** Puts an event that a decider returned into its envelope. */
export function createEvent(body: EventBody, context: EventContext): FleetEvent {
  return {
    ...body,
    id: context.id,
    version: 1,
    occurredAt: toIso(context.now),
    producer: context.producer,
    correlationId: context.correlationId,
    causationId: context.causationId,
    subject: context.subject,
  };
}
