import type { Logger } from "pino";
import { releaseExpiredLeases } from "../workflow/application/leases.ts";
import type { Contexts } from "./assemble-contexts.ts";

/** Between two looks at the leases, in milliseconds. */
const leasesMs = 60_000;

/** Starts what happens by the clock: expired leases are given back. Answers with how to end it. */
export function startTimers({
  contexts,
  logger,
}: {
  readonly contexts: Contexts;
  readonly logger: Logger;
}): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = releaseExpiredLeases(contexts.workflow).then(
      (released) => {
        if (released > 0) logger.info({ released }, "expired leases released");
      },
      (error: unknown) => logger.warn({ err: error }, "leases could not be looked at; the next pass tries again"),
    );
  }, leasesMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
