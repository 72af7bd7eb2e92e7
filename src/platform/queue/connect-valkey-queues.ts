import { Queue, Worker } from "bullmq";
import type { Logger } from "pino";
import { createBullEngine } from "./bullmq-engine.ts";
import type { QueueEngine } from "./queue-engine.ts";
import { asBullConnection } from "./trust-boundaries.ts";
import { closeValkeyConnection, openValkeyConnection, pingValkey, type ValkeyAddress } from "./valkey-connection.ts";

/** Namespace of all keys. */
export const defaultPrefix = "fleet";

const pingDeadlineMs = 2_000;

export type ValkeyQueueOptions = {
  /** `redis://…`, `rediss://…`, `valkey://…` or the path of a unix socket. */
  readonly url: ValkeyAddress;
  readonly logger: Logger;
  /** Namespace of all keys; default `fleet`. */
  readonly prefix?: string;
};

/**
 * Queues on a Valkey (or Redis ≥ 6.2) that runs elsewhere. Does not wait for the server: commands wait, and `ping` tells
 * whether it answers.
 */
export function connectValkeyQueues(options: ValkeyQueueOptions): QueueEngine {
  return createValkeyEngine({ ...options, backend: "valkey", onClosed: () => Promise.resolve() });
}

/** The engine on an address; `onClosed` runs after the last connection is closed. */
export function createValkeyEngine(
  options: ValkeyQueueOptions & {
    readonly backend: "valkey" | "spawned-valkey";
    readonly onClosed: () => Promise<void>;
  },
): QueueEngine {
  const { logger, backend, prefix = defaultPrefix } = options;
  const client = openValkeyConnection(options.url, logger);
  const connection = asBullConnection(client);
  return createBullEngine(
    {
      name: backend,
      address: options.url,
      openQueue: (name, given) => new Queue(name, { ...given, connection, prefix }),
      // BullMQ duplicates the connection for the worker's blocking command.
      openWorker: (name, processor, given) => new Worker(name, processor, { ...given, connection, prefix }),
      ping: () => pingValkey(client, pingDeadlineMs),
      close: async () => {
        await closeValkeyConnection(client);
        await options.onClosed();
      },
    },
    logger,
  );
}
