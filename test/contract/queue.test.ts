import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, describe, it } from "vitest";
import { connectValkeyQueues } from "../../src/platform/queue/connect-valkey-queues.ts";
import { findValkeyServer } from "../../src/platform/queue/find-valkey-server.ts";
import { openPgliteQueues } from "../../src/platform/queue/open-pglite-queues.ts";
import { spawnValkeyQueues } from "../../src/platform/queue/spawn-valkey-queues.ts";
import { queueContract } from "./queue-contract.ts";

const logger = pino({ level: "silent" });
const valkeyUrl = process.env["FLEET_TEST_VALKEY_URL"];
const folder = await mkdtemp(join(tmpdir(), "queue-contract-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

if ((await findValkeyServer()) === undefined) {
  describe.skip("queue contract: spawned Valkey (no valkey-server or redis-server on PATH)", () => it("is skipped"));
} else {
  queueContract("spawned Valkey", (slot) => spawnValkeyQueues({ dataDir: join(folder, slot), logger }));
}

if (valkeyUrl === undefined) {
  describe.skip("queue contract: Valkey by URL (FLEET_TEST_VALKEY_URL is not set)", () => it("is skipped"));
} else {
  const prefix = `test-${process.pid}-${Date.now()}`;
  queueContract("Valkey by URL", async () => connectValkeyQueues({ url: valkeyUrl, logger, prefix }));
}

queueContract("PGlite", (slot) => openPgliteQueues({ dataDir: join(folder, slot), logger }));
