import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { ConfigurationError } from "../../kernel/errors.ts";
import { createValkeyEngine, defaultPrefix } from "./connect-valkey-queues.ts";
import { findValkeyServer } from "./find-valkey-server.ts";
import { lockFolder } from "./folder-lock.ts";
import type { QueueEngine } from "./queue-engine.ts";
import { releaseOrphans } from "./release-orphans.ts";
import { serverUsers } from "./server-users.ts";
import { socketPathFor } from "./socket-path.ts";
import { superviseValkey } from "./supervise-valkey.ts";
import { settledPresence, startValkeyServer, stopValkeyServer, type ValkeyServerFiles } from "./valkey-server.ts";

/** Two processes that start at once: the second waits for the first one's server. */
const startLockMs = 65_000;

export type SpawnedValkeyOptions = {
  /** The server's files lie in `valkey/` in it. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** The program; default: valkey-server, else redis-server, on PATH. */
  readonly program?: string | undefined;
  readonly prefix?: string;
};

/**
 * Queues on a server of our own. One that already answers on the data folder's socket is used as it is: it may belong to
 * another process of the fleet, or have outlived one that was killed. A server that dies is started again; the last
 * process to close ends it.
 *
 * @throws {ConfigurationError} when there is no server program
 */
export async function spawnValkeyQueues(options: SpawnedValkeyOptions): Promise<QueueEngine> {
  const program = options.program ?? (await findValkeyServer());
  if (program === undefined) {
    throw new ConfigurationError("There is no valkey-server or redis-server on PATH; install one, or set VALKEY_URL.");
  }
  const { logger, prefix = defaultPrefix } = options;
  const folder = resolve(options.dataDir, "valkey");
  await mkdir(folder, { recursive: true });
  const files = { folder, socket: await socketPathFor(folder), program };
  const users = serverUsers(join(folder, "users"));
  await ensureServer(files, logger, async () => {
    if (await users.join()) {
      await releaseOrphans(files.socket, prefix);
    }
  });
  const supervision = superviseValkey(files.socket, () => ensureServer(files, logger), logger);
  return createValkeyEngine({
    url: files.socket,
    logger,
    backend: "spawned-valkey",
    prefix,
    onClosed: async () => {
      await supervision.stop();
      const unlock = await lockFolder(folder, "start", startLockMs);
      try {
        if (await users.leave()) {
          await stopValkeyServer(files.socket);
        }
      } finally {
        await unlock();
      }
    },
  });
}

async function ensureServer(files: ValkeyServerFiles, logger: Logger, then = async () => {}): Promise<void> {
  const unlock = await lockFolder(files.folder, "start", startLockMs);
  try {
    if (await settledPresence(files.socket)) {
      logger.info({ socket: files.socket }, "uses the Valkey server that already runs");
    } else {
      const began = Date.now();
      await startValkeyServer(files);
      logger.info({ socket: files.socket, ms: Date.now() - began }, "started a Valkey server");
    }
    await then();
  } finally {
    await unlock();
  }
}
