import type { Logger } from "pino";
import { followPaused } from "../github/repositories/follow-repositories.ts";
import { rolesChanged } from "../github/roles/roles-changed.ts";
import { followDepsOf } from "../github/translate/app-deps.ts";
import type { Contexts } from "./assemble-contexts.ts";

/** Between two rounds, in milliseconds. */
const roundMs = 60 * 60_000;

/**
 * Looks every hour, and when it is asked to, at what an event may have said that never arrived: whether paused repositories can
 * be worked on again, and whether those who hold a task may still hold it.
 */
export function startRechecks({ contexts, logger }: { readonly contexts: Contexts; readonly logger: Logger }): {
  readonly round: () => Promise<void>;
  readonly close: () => Promise<void>;
} {
  const { appDeps } = contexts;
  const round = async () => {
    try {
      await followPaused(followDepsOf(appDeps));
      await rolesChanged(appDeps, {}, null);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown";
      logger.warn({ reason }, "places and roles could not be looked at; the next round tries again");
    }
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = round();
  }, roundMs);
  const close = async () => {
    clearInterval(timer);
    await running;
  };
  return { round, close };
}
