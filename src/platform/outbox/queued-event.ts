import { z } from "zod";
import { type EventType, eventPayloads, type FleetEvent } from "../../kernel/event.ts";

const envelope = z.object({
  id: z.string(),
  type: z.custom<EventType>((type) => typeof type === "string" && Object.hasOwn(eventPayloads, type)),
  payload: z.unknown(),
});

/** Whether a value that came back from a queue is an event whose payload fits its type. */
function isEvent(value: unknown): value is FleetEvent {
  const parsed = envelope.safeParse(value);
  return parsed.success && eventPayloads[parsed.data.type].safeParse(parsed.data.payload).success;
}

/** The data of a job on a subscriber's queue. */
export const queuedEventSchema = z.object({ event: z.custom<FleetEvent>(isEvent) });

export type QueuedEvent = z.infer<typeof queuedEventSchema>;
