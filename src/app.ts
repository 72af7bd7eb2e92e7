import type { Probot } from "probot";
import { z } from "zod";
import { asJobError } from "./github/client/request-failure.ts";
import { handledEvents, isHandled } from "./github/registry.ts";
import type { AppDeps } from "./github/translate/app-deps.ts";
import { handlers } from "./github/translate/handlers.ts";

const withAction = z.object({ action: z.string().optional() });

/**
 * The Probot app: one handler for each event of the registry. It is fed from the queue by `probot.receive`, never by
 * GitHub itself, so that an error goes back to the queue and GitHub does not wait.
 *
 * Faults of GitHub come as `RetryableError`; Probot wraps what handlers throw in an `AggregateError`.
 */
export function createApp(deps: AppDeps): (app: Probot) => void {
  return (app) => {
    for (const { event } of handledEvents) {
      app.on(event, async (context) => {
        const { action } = withAction.parse(context.payload);
        if (!isHandled(event, action)) return;
        try {
          await handlers[event](deps, { id: context.id, payload: context.payload });
        } catch (error) {
          throw asJobError(error, deps.clock());
        }
      });
    }
  };
}
