import { Valkey } from "iovalkey";
import type { Logger } from "pino";
import { settlesWithin, within } from "./deadline.ts";
import { isConnectionLoss } from "./log-worker-errors.ts";

/** Where a server listens: `redis://…`, `rediss://…`, `valkey://…`, or the absolute path of a unix socket. */
export type ValkeyAddress = string;

const firstRetryMs = 50;
const slowestRetryMs = 1_000;

/**
 * A connection as BullMQ needs it: commands wait for a server that is away instead of failing (`maxRetriesPerRequest:
 * null`, which BullMQ demands of workers), so that nothing that was accepted gets lost in between. Who cannot wait sets a
 * deadline of its own. The loss and the return are logged once each.
 */
export function openValkeyConnection(address: ValkeyAddress, logger: Logger): Valkey {
  const options = {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(firstRetryMs * 2 ** Math.min(attempt, 10), slowestRetryMs),
  };
  // iovalkey knows the redis:// schemes only; valkey:// is what Valkey's own tools print.
  const client = new Valkey(address.replace(/^valkey(s?):/, "redis$1:"), options);
  let answering: boolean | undefined;
  client.on("ready", () => {
    if (answering === false) {
      logger.info("Valkey answers again");
    }
    answering = true;
  });
  client.on("close", () => {
    if (answering === true && client.status !== "end") {
      logger.warn("Valkey does not answer, trying again");
    }
    answering = false;
  });
  client.on("error", (err) => {
    if (isConnectionLoss(err)) {
      logger.debug({ err }, "Valkey connection error");
    } else {
      logger.error({ err }, "Valkey connection error");
    }
  });
  return client;
}

/** @throws {Error} when no PONG comes within the deadline. */
export async function pingValkey(client: Valkey, deadlineMs: number): Promise<void> {
  await within(client.ping(), deadlineMs, `Valkey did not answer within ${deadlineMs} ms.`);
}

/** Says goodbye when the server is there to hear it; never waits for one that is away. */
export async function closeValkeyConnection(client: Valkey): Promise<void> {
  if (client.status === "ready") {
    await settlesWithin(client.quit(), 1_000).catch(() => false);
  }
  client.disconnect();
}
