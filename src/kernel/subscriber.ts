import type { EventType, FleetEvent } from "./event.ts";

/**
 * A consumer of events. Each has its own queue (BullMQ is a queue, not a topic). Delivery is at least once and in no
 * promised order, so `handle` loads the state and converges (DOMAIN.md §6).
 */
export type Subscriber = {
  /** The name under which the inbox records what was seen. */
  readonly name: string;
  readonly queue: string;
  readonly types: readonly EventType[];
  handle(event: FleetEvent): Promise<void>;
};
