import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { askFleet } from "../../src/cli/ask-fleet.ts";
import { UserError } from "../../src/kernel/errors.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";
import { findValkeyServer } from "../../src/platform/queue/find-valkey-server.ts";
import { openQueues } from "../../src/platform/queue/open-queues.ts";
import { startTimers } from "../../src/wiring/start-timers.ts";
import { silent } from "../deliberation/council-of.ts";

const dataDir = await mkdtemp(join(tmpdir(), "fleet-ask-"));
const environment = parseEnvironment({ FLEET_DATA_DIR: dataDir, LOG_LEVEL: "silent" });
const program = await findValkeyServer();
const aMinute = 60_000;
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe("a question to the running fleet", () => {
  it("is told at once that nobody listens, and how to reach the one that runs", async () => {
    const asked = Date.now();
    const answer = await askFleet(environment, { timer: "audit-verify" }, 10 * aMinute);
    expect(answer).toEqual({
      kind: "none",
      why: "nobody",
      reason: `No fleet runs on FLEET_DATA_DIR=${dataDir}. Start it (npm start), or name the directory of the one that runs; the demo's is .fleet/demo/fleet, the playground's .fleet/playground/fleet.`,
    });
    expect(Date.now() - asked).toBeLessThan(aMinute);
  });

  // The in-process database belongs to one process, so nobody else can ask.
  it.skipIf(program === undefined)("is answered by the fleet, or told why not", async () => {
    const queues = await openQueues({ dataDir, logger: silent });
    const refused = new UserError("unknown-story", "acme/shop#2 is no story.", "Name one.");
    const timer = (name: string, run: () => Promise<unknown>) => ({ name, repeat: null, run });
    await startTimers(
      queues,
      [timer("audit-verify", async () => ["all"]), timer("why-context", () => Promise.reject(refused))],
      silent,
    );
    expect(await askFleet(environment, { timer: "audit-verify" }, aMinute)).toEqual({ kind: "answer", value: ["all"] });
    expect(await askFleet(environment, { timer: "why-context" }, aMinute)).toEqual({
      kind: "none",
      why: "failed",
      reason: "acme/shop#2 is no story. Name one.",
    });
    await queues.close(1_000);
  });
});
