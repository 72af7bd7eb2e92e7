import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../src/kernel/errors.ts";
import { findValkeyServer } from "../../../src/platform/queue/find-valkey-server.ts";
import { openQueues } from "../../../src/platform/queue/open-queues.ts";
import { socketPathFor } from "../../../src/platform/queue/socket-path.ts";
import { spawnValkeyQueues } from "../../../src/platform/queue/spawn-valkey-queues.ts";
import { valkeyPresence } from "../../../src/platform/queue/valkey-presence.ts";

const logger = pino({ level: "silent" });
const folder = await mkdtemp(join(tmpdir(), "spawned-server-"));
const program = await findValkeyServer();
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("finding a server", () => {
  it("prefers valkey-server to redis-server, wherever on PATH they are", async () => {
    const [first, second] = [join(folder, "bin1"), join(folder, "bin2")];
    await mkdir(first);
    await mkdir(second);
    await writeFile(join(first, "redis-server"), "", { mode: 0o755 });
    expect(await findValkeyServer(`${first}:${second}`)).toBe(join(first, "redis-server"));
    await writeFile(join(second, "valkey-server"), "", { mode: 0o644 });
    expect(await findValkeyServer(`${first}:${second}`)).toBe(join(first, "redis-server"));
    await rm(join(second, "valkey-server"));
    await writeFile(join(second, "valkey-server"), "", { mode: 0o755 });
    expect(await findValkeyServer(`${first}::${second}`)).toBe(join(second, "valkey-server"));
    expect(await findValkeyServer("")).toBeUndefined();
  });

  it("says what to do when there is none, and when Valkey is asked for without an address", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = join(folder, "empty");
    try {
      await expect(spawnValkeyQueues({ dataDir: folder, logger })).rejects.toThrow(ConfigurationError);
    } finally {
      process.env["PATH"] = path;
    }
    await expect(openQueues({ dataDir: folder, logger, prefer: "valkey" })).rejects.toThrow("VALKEY_URL");
  });

  it("tells the end of the log when the server does not come up", async () => {
    await expect(spawnValkeyQueues({ dataDir: join(folder, "broken"), logger, program: "/bin/false" })).rejects.toThrow(
      "/bin/false did not start",
    );
    await expect(
      spawnValkeyQueues({ dataDir: join(folder, "broken"), logger, program: join(folder, "no-such") }),
    ).rejects.toThrow("did not start");
  });
});

describe("the socket's path", () => {
  it("is in the data folder, or short and the same each time", async () => {
    expect(await socketPathFor("/data/valkey")).toBe("/data/valkey/valkey.sock");
    const long = `/data/${"long/".repeat(30)}valkey`;
    const socket = await socketPathFor(long);
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(107);
    expect(await socketPathFor(long)).toBe(socket);
    expect(await socketPathFor(`${long}2`)).not.toBe(socket);
    await rm(join(socket, ".."), { recursive: true });
  });
});

describe.skipIf(program === undefined)("a spawned server", () => {
  it("is shared by those who use one folder, and ends with the last of them", async () => {
    const dataDir = join(folder, "shared");
    const socket = join(dataDir, "valkey", "valkey.sock");
    const [first, second] = await Promise.all([
      spawnValkeyQueues({ dataDir, logger }),
      spawnValkeyQueues({ dataDir, logger }),
    ]);
    const received: unknown[] = [];
    second.worker("work", async (job) => {
      received.push(job.data);
    });
    await first.queue("work").add("a", "across");
    await expect.poll(() => received).toEqual(["across"]);
    await first.close();
    expect(await valkeyPresence(socket)).toBe("answers");
    await second.ping();
    await second.close();
    expect(await valkeyPresence(socket)).toBe("absent");
  });

  it("works from a folder whose path is too long for a socket", async () => {
    const dataDir = join(folder, "x".repeat(100));
    const engine = await openQueues({ dataDir, logger });
    expect(engine.backend).toBe("spawned-valkey");
    await engine.ping();
    await engine.close();
    const socket = await socketPathFor(join(dataDir, "valkey"));
    expect(await valkeyPresence(socket)).toBe("absent");
    await rm(join(socket, ".."), { recursive: true });
  });
});
