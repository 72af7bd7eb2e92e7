import type { Probot } from "probot";

type WebhookEvent = Parameters<Probot["receive"]>[0];

/**
 * A delivery as Probot's types want it. They promise the whole payload of every event; the signature was verified at
 * the door, and each handler parses what it uses, so nothing here relies on that promise.
 */
export function asWebhookEvent(id: string, name: string, payload: unknown): WebhookEvent {
  return { id, name, payload } as unknown as WebhookEvent;
}
