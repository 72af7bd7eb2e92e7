import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { onlyPrograms } from "../support/only-programs.ts";
import { openDemo } from "../support/open-demo.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-bare-"));
});

afterEach(async () => {
  await endFleetProcesses();
  await rm(directory, { recursive: true, force: true });
});

describe("the demo where nothing but Node and git is installed", () => {
  test("keeps its queues in process, runs only its own bundled candidates, says so, and ends with the story done", {
    timeout: 200_000,
  }, async () => {
    const PATH = await onlyPrograms(directory, ["node", "git"]);
    const demo = startFleetProcess(["demo"], { PATH, FLEET_DATA_DIR: join(directory, "data") });
    await expectEnd(demo, 0, 180_000);
    const printed = demo.lines.join("\n");
    expect(printed).toContain("Without a sandbox (bubblewrap), only the demo's own bundled candidates are run");
    expect(printed).toContain("the queues (pglite)");
    expect(printed).toContain("The story is done.");
    const road = await openDemo(join(directory, "data"));
    expectSingleRoad(road);
    expect(road.pulls[0]?.checkTexts.join("\n")).toContain("Code was run without a sandbox");
  });
});
