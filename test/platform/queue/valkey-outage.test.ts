import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Valkey } from "iovalkey";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { connectValkeyQueues } from "../../../src/platform/queue/connect-valkey-queues.ts";
import { findValkeyServer } from "../../../src/platform/queue/find-valkey-server.ts";
import { spawnValkeyQueues } from "../../../src/platform/queue/spawn-valkey-queues.ts";
import { valkeyPresence } from "../../../src/platform/queue/valkey-presence.ts";
import { startValkeyServer, stopValkeyServer } from "../../../src/platform/queue/valkey-server.ts";

const logger = pino({ level: "silent" });
const folder = await mkdtemp(join(tmpdir(), "valkey-outage-"));
const program = await findValkeyServer();
afterAll(() => rm(folder, { recursive: true, force: true }));

async function serverPid(socket: string): Promise<number> {
  const client = new Valkey(socket);
  const info = await client.info("server");
  client.disconnect();
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

describe.skipIf(program === undefined)("a Valkey that goes away", () => {
  it("is started again when it was ours, and every job is done", async () => {
    const dataDir = join(folder, "ours");
    const socket = join(dataDir, "valkey", "valkey.sock");
    const engine = await spawnValkeyQueues({ dataDir, logger });
    try {
      const done = new Set<number>();
      const queue = engine.queue<number>("work");
      engine.worker<number>("work", async (job) => {
        done.add(job.data);
      });
      await queue.add("a", 0);
      await expect.poll(() => done.size).toBe(1);
      const killed = await serverPid(socket);
      process.kill(killed, "SIGKILL");
      await Promise.all(Array.from({ length: 50 }, (_, n) => queue.add("a", n + 1)));
      await expect.poll(() => done.size, { timeout: 20_000 }).toBe(51);
      expect(await serverPid(socket)).not.toBe(killed);
      await engine.ping();
    } finally {
      await engine.close();
    }
    expect(await valkeyPresence(socket)).toBe("absent");
  });

  it("is waited for when it is somebody else's, from the start and later", async () => {
    const files = { folder: join(folder, "theirs"), socket: join(folder, "theirs", "s"), program: program ?? "" };
    await mkdir(files.folder);
    const engine = connectValkeyQueues({ url: files.socket, logger });
    try {
      await expect(engine.ping()).rejects.toThrow("did not answer");
      const done: string[] = [];
      engine.worker<string>("work", async (job) => {
        done.push(job.data);
      });
      const early = engine.queue<string>("work").add("a", "before the server");
      await startValkeyServer(files);
      await early;
      await expect.poll(() => done, { timeout: 20_000 }).toEqual(["before the server"]);
      await stopValkeyServer(files.socket);
      const late = engine.queue<string>("work").add("a", "while it was away");
      await startValkeyServer(files);
      await late;
      await expect.poll(() => done, { timeout: 20_000 }).toEqual(["before the server", "while it was away"]);
      await engine.ping();
    } finally {
      await stopValkeyServer(files.socket);
      await engine.close(100);
    }
  });

  it("does not hold up a close", async () => {
    const engine = connectValkeyQueues({ url: join(folder, "nobody.sock"), logger });
    engine.worker("work", async () => undefined);
    engine
      .queue("work")
      .add("a", {})
      .catch(() => undefined);
    await engine.close(200);
  });
});
