import { z } from "zod";
import { PermanentError } from "../../kernel/errors.ts";
import { type EventType, eventPayloads, type FleetEvent } from "../../kernel/event.ts";

/**
 * An event as a node's properties: the subject is spread, so that it can be indexed, and the payload is JSON text, since
 * a property is never a map. What is null in the envelope is absent from the node.
 */
export const eventRowSchema = z.object({
  id: z.string(),
  type: z.custom<EventType>((type) => typeof type === "string" && Object.hasOwn(eventPayloads, type)),
  version: z.literal(1),
  occurredAt: z.string(),
  producer: z.string(),
  correlationId: z.string(),
  causationId: z.string().nullish(),
  installation: z.int(),
  repository: z.int(),
  story: z.string().nullish(),
  task: z.string().nullish(),
  payload: z.string(),
});

export type EventRow = z.infer<typeof eventRowSchema>;

/**
 * The event of one stored row (`e {.*}`). Throws a `PermanentError` that names the fields that do not fit, never their content.
 */
export function parseEvent(row: unknown): FleetEvent {
  const stored = eventRowSchema.safeParse(row);
  if (!stored.success) throw new PermanentError(`A stored event does not parse: ${fieldsOf(stored.error)}.`);
  const { type, payload, installation, repository, story, task, causationId, ...envelope } = stored.data;
  return event.parse({
    ...envelope,
    type,
    causationId: causationId ?? null,
    subject: { installation, repository, story: story ?? null, task: task ?? null },
    payload: parsePayload(type, payload),
  } satisfies Omit<FleetEvent, "payload"> & { payload: unknown });
}

/** Checks a payload against its type's schema; the published language holds when it is written, too. */
export function checkPayload(type: EventType, payload: unknown): unknown {
  const checked = eventPayloads[type].safeParse(payload);
  if (!checked.success) throw new PermanentError(`The payload of ${type} does not fit: ${fieldsOf(checked.error)}.`);
  return checked.data;
}

/** Type and payload were matched before; TypeScript cannot follow that through a look-up by type. */
const event = z.custom<FleetEvent>();

function parsePayload(type: EventType, text: string): unknown {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    throw new PermanentError(`The payload of a stored ${type} is not JSON.`, { cause: error });
  }
  return checkPayload(type, payload);
}

function fieldsOf(error: z.ZodError): string {
  return error.issues.map((issue) => issue.path.join(".") || "(all)").join(", ");
}
