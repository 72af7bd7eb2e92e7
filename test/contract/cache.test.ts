import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryCache } from "../../src/platform/cache/memory-cache.ts";
import { connectValkeyCache } from "../../src/platform/cache/valkey-cache.ts";
import { findValkeyServer } from "../../src/platform/queue/find-valkey-server.ts";
import { startValkeyServer, stopValkeyServer } from "../../src/platform/queue/valkey-server.ts";
import { cacheContract } from "./cache-contract.ts";

const logger = pino({ level: "silent" });
const prefix = `test-${process.pid}-${Date.now()}`;
const valkeyUrl = process.env["FLEET_TEST_VALKEY_URL"];
const program = await findValkeyServer();

cacheContract("in process", async () => createMemoryCache());

if (valkeyUrl !== undefined) {
  cacheContract("Valkey by URL", async () => connectValkeyCache({ url: valkeyUrl, logger, prefix }));
}

describe.skipIf(program === undefined)("on a Valkey server (skipped without one on PATH)", () => {
  let folder = "";
  let socket = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cache-contract-"));
    socket = join(folder, "s");
    await startValkeyServer({ folder, socket, program: program ?? "" });
  });
  afterAll(async () => {
    await stopValkeyServer(socket);
    await rm(folder, { recursive: true, force: true });
  });

  cacheContract("spawned Valkey", async () => connectValkeyCache({ url: socket, logger }));
});

describe("a cache whose server is away", () => {
  it("loads all the same, and says so otherwise", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cache-away-"));
    await mkdir(join(folder, "no"));
    const cache = connectValkeyCache({ url: join(folder, "no", "server"), logger });
    const load = async () => ({ value: "from the graph", version: 1, ttlMs: 1_000 });
    expect(await cache.getOrLoad("k", load)).toBe("from the graph");
    await expect(cache.ping()).rejects.toThrow();
    await expect(cache.setIfNewer("k", 1, "v", 1_000)).rejects.toThrow();
    await cache.close();
    await rm(folder, { recursive: true });
  });
});

describe("the in-process cache", () => {
  it("is bounded by entries and by size", async () => {
    const cache = createMemoryCache({ maxEntries: 3, maxSize: 1_000 });
    for (const key of ["a", "b", "c", "d"]) {
      await cache.set(key, key, 60_000);
    }
    expect(await cache.get("a")).toBeUndefined();
    expect(await cache.get("d")).toBe("d");
    await cache.set("large", "x".repeat(994), 60_000);
    expect(await cache.get("d")).toBeUndefined();
    expect(await cache.get("large")).toHaveLength(994);
  });
});
