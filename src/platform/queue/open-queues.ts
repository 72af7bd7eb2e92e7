import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { ConfigurationError } from "../../kernel/errors.ts";
import { connectValkeyQueues } from "./connect-valkey-queues.ts";
import { findValkeyServer } from "./find-valkey-server.ts";
import type { QueueEngine } from "./queue-engine.ts";
import { spawnValkeyQueues } from "./spawn-valkey-queues.ts";

export type OpenQueuesOptions = {
  /** VALKEY_URL. */
  readonly valkeyUrl?: string | undefined;
  readonly dataDir: string;
  readonly logger: Logger;
  /** Instead of the first that is there. */
  readonly prefer?: QueueEngine["backend"] | undefined;
};

/**
 * The queue engine that this machine offers: VALKEY_URL, else a spawned server, else PGlite (ARCHITECTURE.md, Engines).
 *
 * @throws {ConfigurationError} when what is preferred cannot be had
 */
export async function openQueues(options: OpenQueuesOptions): Promise<QueueEngine> {
  const { valkeyUrl, dataDir, logger, prefer } = options;
  if (valkeyUrl !== undefined && (prefer ?? "valkey") === "valkey") {
    return connectValkeyQueues({ url: valkeyUrl, logger });
  }
  if (prefer === "valkey") {
    throw new ConfigurationError("The queue engine is to be Valkey, but VALKEY_URL is not set.");
  }
  const program = prefer === "pglite" ? undefined : await findValkeyServer();
  if (program !== undefined || prefer === "spawned-valkey") {
    if (await exists(join(dataDir, "pglite"))) {
      logger.warn({ dataDir }, "jobs that were queued in the in-process database stay there while Valkey is used");
    }
    return spawnValkeyQueues({ dataDir, logger, program });
  }
  // Loaded only here: most processes never need the 850 MB of it.
  const { openPgliteQueues } = await import("./open-pglite-queues.ts");
  return openPgliteQueues({ dataDir, logger });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
