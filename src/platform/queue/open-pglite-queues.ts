import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations, withBackend } from "bullmq";
import type { Logger } from "pino";
import { ConfigurationError } from "../../kernel/errors.ts";
import { createBullEngine } from "./bullmq-engine.ts";
import { lockFolder } from "./folder-lock.ts";
import { PglitePool } from "./pglite-pool.ts";
import type { QueueEngine } from "./queue-engine.ts";
import { asPortQueue, asPortWorker } from "./trust-boundaries.ts";

/** A process that ends may still be closing its database. */
const lockMs = 5_000;

const postgres = withBackend(createPostgresBackend);

export type PgliteQueueOptions = {
  /** The database lies in `pglite/` in it. */
  readonly dataDir: string;
  readonly logger: Logger;
};

/**
 * Queues without any server: BullMQ's PostgreSQL backend on a PostgreSQL that runs in this process. Slow to open (2–6 s
 * the first time) and large (about 850 MB), so it is the last choice. One process at a time.
 *
 * @throws {ConfigurationError} when another process has this folder open: two PostgreSQLs on one folder destroy it
 */
export async function openPgliteQueues(options: PgliteQueueOptions): Promise<QueueEngine> {
  const folder = resolve(options.dataDir, "pglite");
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder, "process", lockMs).catch((cause: unknown) => {
    throw new ConfigurationError(
      `FLEET_DATA_DIR=${options.dataDir}: its queues are in the process that uses it, since there is no Valkey; nobody else can ask it. Install valkey-server (or redis-server) on PATH, or set VALKEY_URL, and start that process again; or name another directory, for example FLEET_DATA_DIR=.fleet-2`,
      { cause },
    );
  });
  try {
    const began = Date.now();
    const database = await PGlite.create({ dataDir: join(folder, "data") });
    const pool = new PglitePool(database);
    const client = await pool.connect();
    await runMigrations(client);
    client.release();
    // BullMQ leaves the schema of a pool that it was given to the pool's owner.
    await pool.query(`SET search_path TO ${DEFAULT_SCHEMA}`);
    // This process is the only one, so whoever held a job's lock is dead: the first stalled check takes all of them.
    await pool.query("UPDATE job SET locked_until_ms = 0, stalled_marked = true WHERE state = 'active'");
    await pool.query("DELETE FROM meta WHERE field = 'stalled-check'");
    options.logger.info({ folder, ms: Date.now() - began }, "opened the in-process queue database");
    return createBullEngine(
      {
        name: "pglite",
        address: null,
        openQueue: (name, given) => asPortQueue(new postgres.Queue(name, { ...given, connection: pool })),
        openWorker: (name, processor, given) =>
          asPortWorker(new postgres.Worker(name, processor, { ...given, connection: pool })),
        ping: async () => {
          await pool.query("SELECT 1");
        },
        close: async () => {
          await pool.end();
          await database.close();
          await unlock();
        },
      },
      options.logger,
    );
  } catch (error) {
    await unlock();
    throw error;
  }
}
