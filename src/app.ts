import type { Probot } from "probot";
import { z } from "zod";
import { asJobError } from "./github/client/request-failure.ts";
import type { Delivery } from "./github/intake/delivery.ts";
import { handledEvents, isHandled } from "./github/registry.ts";
import type { AppDeps } from "./github/translate/app-deps.ts";
import { handlers } from "./github/translate/handlers.ts";
import { asWebhookEvent } from "./github/trust-boundaries.ts";

/** The App: what Probot loads, and the way in for deliveries from the queue. */
export type App = {
  /** The Probot app function: `probot.load(app.load)`. */
  readonly load: (probot: Probot) => void;
  /**
   * Handles one delivery; the same one may come again. Faults of GitHub come as `RetryableError`, every other error as
   * it was thrown.
   */
  readonly receive: (probot: Probot, delivery: Pick<Delivery, "id" | "event" | "rawBody">) => Promise<void>;
};

const withAction = z.object({ action: z.string().optional() });

/**
 * The Probot app: one handler for each event of the registry. It is fed from the queue and never by GitHub itself, so
 * that an error goes back to the queue and GitHub does not wait.
 *
 * An error is carried around Probot instead of through it: Octokit hangs the whole event on whatever a handler throws,
 * and Probot logs that, payload included (GITHUB.md, "Traps").
 */
export function createApp(deps: AppDeps): App {
  const failures = new Map<string, unknown>();

  function load(probot: Probot): void {
    for (const { event } of handledEvents) {
      probot.on(event, async (context) => {
        try {
          const { action } = withAction.parse(context.payload);
          if (isHandled(event, action)) await handlers[event](deps, { id: context.id, payload: context.payload });
        } catch (error) {
          failures.set(context.id, asJobError(error, deps.clock()));
        }
      });
    }
  }

  const receive: App["receive"] = async (probot, { id, event, rawBody }) => {
    const payload: unknown = JSON.parse(rawBody);
    await probot.receive(asWebhookEvent(id, event, payload));
    if (!failures.has(id)) return;
    const failure = failures.get(id);
    failures.delete(id);
    throw failure;
  };

  return { load, receive };
}
