import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { openDemo } from "../support/open-demo.ts";
import { demoSummary, type PrintedEvent, printedEvent } from "../support/printed-events.ts";
import { endFleetProcesses, expectEnd, type FleetProcess, startFleetProcess } from "../support/run-fleet.ts";
import { thorough } from "../support/thorough.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "fleet-kill-"));
});

afterEach(async () => {
  await endFleetProcesses();
  await rm(dataDir, { recursive: true, force: true });
});

/** Resolves when the demo is at the point where it is to die: at once where an earlier run was killed beyond it. */
type KillPoint = { readonly name: string; readonly reached: (demo: FleetProcess) => Promise<unknown> };

const seen = new Map<string, PrintedEvent>();

/** Between a decision and what follows from it: the event is printed when it is recorded. */
function atEvent(name: string, wanted: (event: PrintedEvent) => boolean): KillPoint {
  const takes = (line: string) => {
    const event = printedEvent(line);
    return event !== null && wanted(event);
  };
  return { name, reached: async (demo) => [...seen.values()].some(wanted) || (await demo.line(takes)) };
}

/**
 * The moment at which the local GitHub has written something down. It runs in the demo's process and answers after that,
 * so the fleet mostly dies without knowing that its write was done.
 */
function atWrite(name: string, text: string): KillPoint {
  const journal = () => readFile(join(dataDir, "demo", "playground", "github", "journal.jsonl"), "utf8");
  return {
    name,
    reached: (demo) =>
      vi.waitFor(
        async () => {
          if ((await journal()).includes(text)) return;
          if (!demo.running()) expect.fail(`${name}: it ended before\n${demo.problems.join("\n")}`);
          throw new Error(`${name}: not yet`);
        },
        { timeout: 60_000, interval: 1 },
      ),
  };
}

const started = (kind: string) => (event: PrintedEvent) =>
  event.type === "deliberation.started" && event.payload.kind === kind;
const moved = (action: string) => (event: PrintedEvent) => event.payload.action === action;

/** In the order of the road; each run of the demo is killed at the next one. */
const all: readonly KillPoint[] = [
  atEvent("the story was created", ({ type }) => type === "planning.story.created"),
  atWrite("the story has its comment", "<!-- fleet:story -->"),
  atEvent("the plan is deliberated", started("plan")),
  atWrite("the task has its issue", "<!-- fleet:task "),
  atEvent("the candidates are drafted and checked", started("implementation")),
  atEvent("there is a winner and no pull request", ({ type }) => type === "agent.work.completed"),
  atWrite("the branch has its commit", '"event":"push"'),
  atWrite("the task has its pull request", '"event":"pull_request","action":"opened"'),
  atWrite("the pull request has its comment", "<!-- fleet:pull-request -->"),
  atEvent("the architect sent it back", moved("reject-design")),
  atWrite("the second round is on the branch", '"event":"pull_request","action":"synchronize"'),
  atEvent("everybody approved, and nothing is merged", moved("auto-complete")),
  atWrite("it is merged", '"event":"pull_request","action":"closed"'),
];

/** Each start takes its seconds: CI dies at every point, others at each second one, which has events and writes among them. */
const points = thorough ? all : all.filter((_, at) => at % 2 === 1);

test("a demo killed at its gates, and between its writes and their records, goes on where it was: nothing doubled or lost", {
  timeout: 900_000,
}, async () => {
  for (const { name, reached } of points) {
    const demo = startFleetProcess(["demo", "--json"], { FLEET_DATA_DIR: dataDir });
    await reached(demo);
    expect(await demo.end("SIGKILL"), name).toBe("SIGKILL");
    for (const line of demo.lines) remember(line);
  }
  const last = startFleetProcess(["demo", "--json"], { FLEET_DATA_DIR: dataDir });
  await expectEnd(last, 0);
  const summary = demoSummary.parse(JSON.parse(last.lines.at(-1) ?? ""));
  expect(summary.story.state).toBe("done");
  expect(summary.tasks).toMatchObject([{ state: "done", rounds: 2, inRepository: true }]);
  expectSingleRoad(await openDemo(dataDir));
});

/** Events may be printed again after a kill, but the same event is always the same. */
function remember(line: string): void {
  const event = printedEvent(line);
  if (event === null) return;
  expect(seen.get(event.id) ?? event).toEqual(event);
  seen.set(event.id, event);
}
