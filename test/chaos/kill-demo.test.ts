import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { openDemo } from "../support/open-demo.ts";
import { demoSummary, type PrintedEvent, printedEvent } from "../support/printed-events.ts";
import { endFleetProcesses, expectEnd, startFleetProcess } from "../support/run-fleet.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fleet-kill-"));
});

afterEach(async () => {
  await endFleetProcesses();
  await rm(dataDir, { recursive: true, force: true });
});

type KillPoint = { readonly name: string; readonly at: (event: PrintedEvent) => boolean };

const moved = (action: string) => (event: PrintedEvent) => event.payload.action === action;

/** In the order of the road: each start of the demo is killed at the first of these that it reaches. */
const gates: readonly KillPoint[] = [
  { name: "the story was created", at: ({ type }) => type === "planning.story.created" },
  {
    name: "the plan is deliberated",
    at: ({ type, payload }) => type === "deliberation.started" && payload.kind === "plan",
  },
  {
    name: "the candidates are checked",
    at: ({ type, payload }) => type === "deliberation.started" && payload.kind === "implementation",
  },
  {
    name: "the council has a winner, before there is a pull request",
    at: ({ type }) => type === "agent.work.completed",
  },
  { name: "the architect sent it back", at: moved("reject-design") },
  { name: "everybody approved, before the merge", at: moved("auto-complete") },
];

test("a demo that is killed at every gate goes on where it was: nothing doubled, nothing lost", {
  timeout: 300_000,
}, async () => {
  const seen = new Map<string, PrintedEvent>();
  for (const { name, at } of gates) {
    const began = Date.now();
    const demo = startFleetProcess(["demo", "--json"], { FLEET_DATA_DIR: dataDir });
    await demo.line((line) => {
      const event = printedEvent(line);
      return event !== null && at(event);
    });
    expect(await demo.end("SIGKILL"), name).toBe("SIGKILL");
    console.error(name, Date.now() - began);
    for (const line of demo.lines) remember(seen, line);
  }
  const last = startFleetProcess(["demo", "--json"], { FLEET_DATA_DIR: dataDir });
  await expectEnd(last, 0);
  const summary = demoSummary.parse(JSON.parse(last.lines.at(-1) ?? ""));
  expect(summary.story.state).toBe("done");
  expect(summary.tasks).toMatchObject([{ state: "done", rounds: 2, inRepository: true }]);
  expectSingleRoad(await openDemo(dataDir));
});

/** Events may be printed again after a kill, but the same event is always the same. */
function remember(seen: Map<string, PrintedEvent>, line: string): void {
  const event = printedEvent(line);
  if (event === null) return;
  expect(seen.get(event.id) ?? event).toEqual(event);
  seen.set(event.id, event);
}
