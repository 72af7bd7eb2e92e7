import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { deliveriesQueue } from "../../src/github/intake/delivery.ts";
import { allowedEvents } from "../../src/github/registry.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { connectNeo4j } from "../../src/platform/graph/neo4j-graph.ts";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { type AnotherGitHub, startAnotherGitHub } from "../support/another-github.ts";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { inspectRoad } from "../support/inspect-road.ts";
import { type OwnEngine, startOwnNeo4j, startOwnValkey, whyNoOwnEngines } from "../support/own-engines.ts";
import { endFleetProcesses, type FleetProcess, startFleetProcess } from "../support/run-fleet.ts";
import { queuesWithFailedJobs, withoutJob } from "../support/valkey-jobs.ts";
import { whileChecking } from "../support/while-checking.ts";

const missing = bubblewrapMissing ? "bubblewrap does not work here" : await whyNoOwnEngines();
const skipped = missing === null ? "" : ` (skipped: ${missing})`;
/** How long an outage may take to show. */
const patience = { timeout: 90_000, interval: 100 };

let directory: string;
let neo4j: OwnEngine;
let valkey: OwnEngine;
let other: AnotherGitHub;
let fleet: FleetProcess;

describe.skipIf(missing !== null)(`an engine that goes away under a running fleet${skipped}`, () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "fleet-away-"));
    [neo4j, valkey, other] = await Promise.all([
      startOwnNeo4j(join(directory, "neo4j")),
      startOwnValkey(join(directory, "valkey")),
      startAnotherGitHub(join(directory, "github")),
    ]);
    fleet = startFleetProcess(["up"], {
      ...other.env,
      NEO4J_URI: neo4j.url,
      VALKEY_URL: valkey.url,
      FLEET_DATA_DIR: join(directory, "fleet"),
    });
    await fleet.line((line) => line.includes("the fleet is up"));
  });
  afterAll(async () => {
    await endFleetProcesses();
    await other?.close();
    await Promise.all([neo4j?.kill(), valkey?.kill()]);
    await rm(directory, { recursive: true, force: true });
  });

  test("first Valkey, then Neo4j: nothing is lost, and the same process ends the story when they are back", {
    timeout: 900_000,
  }, async () => {
    expect(await readiness()).toEqual({ status: 200, away: [] });
    const done = other.actUntil(["story/done"], 600_000);
    // Awaited at the end: until then a failure of it is no unhandled one.
    done.catch(() => undefined);
    await withGraph((graph) => whileChecking(graph, 1));
    await valkey.kill();
    const first = await other.say("/status");
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 503, away: ["queues"] }), patience);
    // The intake holds a delivery for a while; then GitHub is told that it was not taken.
    await vi.waitFor(async () => expect(await answers()).toContain(503), patience);
    await valkey.start();
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 200, away: [] }), patience);

    await withGraph((graph) => whileChecking(graph, 2));
    await neo4j.kill();
    const second = await other.say("/status");
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 503, away: ["graph"] }), patience);
    // Deliveries are taken, and wait in their queue.
    await fleet.line((line) => line.includes("job goes back to its queue"));
    await neo4j.start();
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 200, away: [] }), patience);

    await done;
    await expectWholeRoad([first.id, second.id]);
  });
});

/** The story is done, and the commands that were given during the outages have their one answer each. */
async function expectWholeRoad(commentIds: readonly number[]): Promise<void> {
  await withGraph((graph) =>
    vi.waitFor(async () => {
      const road = await inspectRoad(other.playground, graph, other.title);
      expectSingleRoad(road);
      const replies = commentIds.map((id) => `reply comment-${id}-0`);
      expect([...road.story.comments.keys()]).toEqual(expect.arrayContaining(replies));
    }, patience),
  );
  const taken = (await other.deliveries()).filter(
    ({ event, status_code }) => status_code < 300 && status_code >= 200 && allowedEvents.has(event),
  );
  const ids = taken.map(({ guid }) => guid);
  expect(await withoutJob(valkey.url, deliveriesQueue, ids), "deliveries that were accepted and not queued").toEqual(
    [],
  );
  expect(await queuesWithFailedJobs(valkey.url)).toEqual([]);
  expect(fleet.lines.filter((line) => /"level":(50|60)/.test(line)).filter((line) => !isRefusal(line))).toEqual([]);
  expect(fleet.lines.length, "an outage is logged, and not for every attempt").toBeLessThan(100);
  expect(fleet.lines.join("\n")).not.toContain("(thrown: ");
  expect(other.violations()).toEqual([]);
  expect(await fleet.end("SIGTERM")).toBe(0);
}

/** The intake logs each delivery that it did not take as an error: only GitHub still has it. */
function isRefusal(line: string): boolean {
  return line.includes('"msg":"delivery not queued"');
}

async function answers(): Promise<readonly number[]> {
  return (await other.deliveries()).map(({ status_code }) => status_code);
}

const health = z.object({ components: z.array(z.object({ name: z.string(), ok: z.boolean() })) });

async function readiness(): Promise<{ readonly status: number; readonly away: readonly string[] }> {
  const response = await fetch(`http://127.0.0.1:${other.webPort}/health/ready`);
  const { components } = health.parse(await response.json());
  return { status: response.status, away: components.filter(({ ok }) => !ok).map(({ name }) => name) };
}

async function withGraph<T>(use: (graph: Graph) => Promise<T>): Promise<T> {
  const graph = await connectNeo4j({ uri: neo4j.url, username: "neo4j", password: "" });
  try {
    return await use(graph);
  } finally {
    await graph.close();
  }
}
