import { Valkey } from "iovalkey";
import type { Logger } from "pino";

const retryMs = 500;

/**
 * Watches the server on this socket by one idle connection, and revives it when that breaks and a new one fails. The
 * queues' own connections come back by themselves.
 */
export function superviseValkey(
  socket: string,
  revive: () => Promise<void>,
  logger: Logger,
): { stop(): Promise<void> } {
  let stopped = false;
  let reviving: Promise<void> = Promise.resolve();
  const client = new Valkey(socket, { maxRetriesPerRequest: null, retryStrategy: () => (stopped ? null : retryMs) });
  let seen = false;
  let pending = false;
  client.on("ready", () => {
    seen = true;
  });
  // Each refused attempt ends here again, so a revival that failed is tried again with the next one.
  client.on("error", () => undefined);
  client.on("close", () => {
    if (stopped || !seen || pending) {
      return;
    }
    pending = true;
    logger.warn("the spawned Valkey server is gone, starting it again");
    reviving = revive()
      .catch((err: unknown) => logger.error({ err }, "the Valkey server could not be started, trying again"))
      .finally(() => {
        pending = false;
      });
  });
  return {
    async stop() {
      stopped = true;
      client.disconnect();
      await reviving;
    },
  };
}
