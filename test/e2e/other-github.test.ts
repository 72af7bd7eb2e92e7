import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { type AnotherGitHub, startAnotherGitHub } from "../support/another-github.ts";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { inspectRoad } from "../support/inspect-road.ts";
import { endFleetProcesses, startFleetProcess } from "../support/run-fleet.ts";

let directory: string;
let other: AnotherGitHub;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-other-"));
  other = await startAnotherGitHub(directory);
});

afterEach(async () => {
  await endFleetProcesses();
  await other.close();
  await rm(directory, { recursive: true, force: true });
});

/** Code of a model that the fleet does not know is run in a sandbox only. */
describe.skipIf(bubblewrapMissing)("fleet up on another GitHub", () => {
  test("walks the same road with the App's credentials, two webhook secrets and a model host", {
    timeout: 300_000,
  }, async () => {
    const dataDir = join(directory, "fleet");
    const fleet = startFleetProcess(["up"], {
      ...other.env,
      WEBHOOK_SECRET: `the-next-secret,${other.env["WEBHOOK_SECRET"]}`,
      FLEET_DATA_DIR: dataDir,
    });
    await fleet.line((line) => line.includes("the fleet is up"));
    await other.actUntil(["story/done"]);
    expect(await fleet.end("SIGTERM")).toBe(0);
    expect(other.violations()).toEqual([]);
    expect(other.model.served.unknown).toBe(0);

    const graph = await openEmbeddedGraph({ path: join(dataDir, "graph.grafeo"), logger: pino({ level: "silent" }) });
    const road = await inspectRoad(other.playground, graph, other.title).finally(() => graph.close());
    expectSingleRoad(road);
    // Nothing of this is simulated in the fleet's eyes.
    expect(road.story.comments.get("story")?.[0]).not.toContain("Simulated");
    expect(fleet.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
    for (const secret of [
      other.env["PRIVATE_KEY"] ?? "",
      "the-next-secret",
      other.playground.app.webhookSecrets[0] ?? "",
    ]) {
      expect(fleet.lines.join("\n")).not.toContain(secret);
    }
  });
});
