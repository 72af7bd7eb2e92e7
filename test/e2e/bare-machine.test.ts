import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { onlyPrograms } from "../support/only-programs.ts";
import { openDemo } from "../support/open-demo.ts";
import { demoSummary } from "../support/printed-events.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";

/** What a sandbox is started with; all but the first are part of every Debian. */
const sandboxPrograms = ["bwrap", "prlimit", "setpriv", "chown"];

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-bare-"));
});

afterEach(async () => {
  await endFleetProcesses();
  await rm(directory, { recursive: true, force: true });
});

async function startDemo(programs: readonly string[], ...options: string[]) {
  const PATH = await onlyPrograms(directory, programs);
  return startFleetProcess(["demo", ...options], { PATH, FLEET_DATA_DIR: join(directory, "data") });
}

describe.skipIf(bubblewrapMissing)("the demo where no Valkey or Redis is installed", () => {
  test("keeps its queues in process and ends with the story done", { timeout: 200_000 }, async () => {
    const demo = await startDemo(["node", "git", ...sandboxPrograms], "--json");
    await expectEnd(demo, 0, 180_000);
    const summary = demoSummary.parse(JSON.parse(demo.lines.at(-1) ?? ""));
    expect(summary).toMatchObject({
      queue: "pglite",
      sandbox: "bubblewrap",
      story: { state: "done" },
      tasks: [{ state: "done", rounds: 2, inRepository: true }],
    });
    expectSingleRoad(await openDemo(join(directory, "data")));
  });
});

describe("the demo where nothing but Node and git is installed", () => {
  test("runs only its own bundled candidates, says so, and ends with the story done", {
    timeout: 200_000,
  }, async () => {
    const demo = await startDemo(["node", "git"]);
    await expectEnd(demo, 0, 180_000);
    const printed = demo.lines.join("\n");
    expect(printed).toContain("Without a sandbox (bubblewrap), only the demo's own bundled candidates are run");
    expect(printed).toContain("The story is done.");
    const road = await openDemo(join(directory, "data"));
    expectSingleRoad(road);
    expect(road.pulls[0]?.checkTexts.join("\n")).toContain("Code was run without a sandbox");
  });
});
