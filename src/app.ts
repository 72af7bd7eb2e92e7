import type { EmitterWebhookEvent } from "@octokit/webhooks";
import type { Probot } from "probot";
import { z } from "zod";
import { asJobError } from "./github/client/request-failure.ts";
import type { Delivery } from "./github/intake/delivery.ts";
import { handledEvents, isHandled } from "./github/registry.ts";
import { createFirstContact } from "./github/repositories/first-contact.ts";
import { type AppDeps, followDepsOf } from "./github/translate/app-deps.ts";
import { handlers } from "./github/translate/handlers.ts";

/** The Probot app function, and the way in for deliveries from the queue. */
export type App = ((probot: Probot) => void) & {
  /**
   * Handles one delivery; the same one may come again. Faults of GitHub come as `RetryableError`, every other error as
   * it was thrown.
   *
   * The error is carried around Probot instead of through it: Octokit hangs the whole event on whatever a handler
   * throws, and Probot logs that, payload included (GITHUB.md, "Traps").
   */
  readonly receive: (probot: Probot, delivery: Pick<Delivery, "id" | "event" | "rawBody">) => Promise<void>;
};

/** Probot's types promise the whole payload of every event. Each handler parses what it uses, so nothing relies on that. */
const webhookEvent = z.custom<EmitterWebhookEvent>();

const withAction = z.object({ action: z.string().optional() });

/**
 * The Probot app: one handler for each event of the registry. It is fed from the queue and never by GitHub itself, so
 * that an error goes back to the queue and GitHub does not wait.
 */
export function createApp(deps: AppDeps): App {
  const firstContact = createFirstContact(followDepsOf(deps));
  const underWay = new Map<string, { failure: unknown }>();

  function load(probot: Probot): void {
    for (const { event } of handledEvents) {
      probot.on(event, async (context) => {
        try {
          const { action } = withAction.parse(context.payload);
          if (!isHandled(event, action)) return;
          // A repository's own events are about its place; for all others it is looked at first.
          if (event !== "repository") await firstContact(context.payload);
          await handlers[event](deps, { id: context.id, payload: context.payload });
        } catch (error) {
          const failure = asJobError(error, deps.clock());
          const delivery = underWay.get(context.id);
          if (delivery === undefined) throw failure;
          delivery.failure = failure;
        }
      });
    }
  }

  const receive: App["receive"] = async (probot, { id, event, rawBody }) => {
    const payload: unknown = JSON.parse(rawBody);
    const delivery: { failure: unknown } = { failure: null };
    underWay.set(id, delivery);
    try {
      await probot.receive(webhookEvent.parse({ id, name: event, payload }));
    } finally {
      underWay.delete(id);
    }
    if (delivery.failure !== null) throw delivery.failure;
  };

  return Object.assign(load, { receive });
}
