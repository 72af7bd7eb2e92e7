import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ConfigurationError } from "../../../src/kernel/errors.ts";
import { lockFolder } from "../../../src/platform/queue/folder-lock.ts";
import { openPgliteQueues } from "../../../src/platform/queue/open-pglite-queues.ts";
import { silent } from "../../deliberation/council-of.ts";

it("says what to do where another process holds the queues", { timeout: 20_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "fleet-pglite-"));
  await mkdir(join(dataDir, "pglite"));
  const release = await lockFolder(join(dataDir, "pglite"), "process", 0);
  const refused = await openPgliteQueues({ dataDir, logger: silent }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigurationError);
  expect(String(refused)).toContain(`FLEET_DATA_DIR=${dataDir}: its queues are in the process that uses it`);
  await release();
  await rm(dataDir, { recursive: true });
});
