import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { findValkeyServer } from "../../src/platform/queue/find-valkey-server.ts";
import { openQueues } from "../../src/platform/queue/open-queues.ts";
import { valkeyPresence } from "../../src/platform/queue/valkey-presence.ts";

const logger = pino({ level: "silent" });
const fixtures = fileURLToPath(new URL("fixtures/", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "queue-killed-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const server = await findValkeyServer();

/** Runs doomed-worker.ts until its job has started, then ends it as a crash would. */
async function killAtWork(backend: string, dataDir: string, queue: string, lockMs: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(fixtures, "run-typescript.mjs"), join(fixtures, "doomed-worker.ts"), backend, dataDir, queue, String(lockMs)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  try {
    await Promise.race([once(child.stdout, "data"), exited]);
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

describe.each(["spawned-valkey", "pglite"] as const)("a process killed at work (%s)", (backend) => {
  it.skipIf(backend === "spawned-valkey" && server === undefined)(
    "leaves its job to the next one, and its server or lock too",
    async () => {
      const dataDir = join(folder, backend);
      // Locked for ten minutes, and so long between two checks: only a process that knows itself alone takes it at once.
      await killAtWork(backend, dataDir, "work", 600_000);
      const engine = await openQueues({ dataDir, prefer: backend, logger });
      try {
        expect(engine.backend).toBe(backend);
        const runs: unknown[] = [];
        engine.worker(
          "work",
          async (job) => {
            runs.push(job.data);
          },
          { stalledInterval: 600_000 },
        );
        await expect.poll(() => runs, { timeout: 20_000 }).toEqual([{ n: 1 }]);
      } finally {
        await engine.close();
      }
      if (backend === "spawned-valkey") {
        expect(await valkeyPresence(join(dataDir, "valkey", "valkey.sock"))).toBe("absent");
      }
    },
    60_000,
  );
});

it.skipIf(server === undefined)(
  "a worker killed beside others leaves its job to them when its lock is over",
  async () => {
    const dataDir = join(folder, "beside");
    const engine = await openQueues({ dataDir, prefer: "spawned-valkey", logger });
    try {
      await killAtWork("spawned-valkey", dataDir, "work", 1_000);
      const runs: unknown[] = [];
      engine.worker(
        "work",
        async (job) => {
          runs.push(job.data);
        },
        { stalledInterval: 300 },
      );
      await expect.poll(() => runs, { timeout: 20_000 }).toEqual([{ n: 1 }]);
    } finally {
      await engine.close();
    }
  },
  60_000,
);
