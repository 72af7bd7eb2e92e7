import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
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
const patience = { timeout: 30_000, interval: 100 };

let directory: string;
let neo4j: OwnEngine;
let valkey: OwnEngine;
let other: AnotherGitHub;
let fleet: FleetProcess;

describe.skipIf(missing !== null)(`an engine that goes away under a running fleet${skipped}`, () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "fleet-away-"));
    neo4j = await startOwnNeo4j(join(directory, "neo4j"));
  }, 120_000);
  afterAll(async () => {
    await neo4j?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(async ({ task }) => {
    await withGraph((graph) => graph.write((tx) => tx.run("MATCH (n) WHERE NOT n:Schema DETACH DELETE n")));
    valkey = await startOwnValkey(join(directory, `valkey-${task.id}`));
    other = await startAnotherGitHub(join(directory, `github-${task.id}`));
    fleet = startFleetProcess(["up"], {
      ...other.env,
      NEO4J_URI: neo4j.url,
      VALKEY_URL: valkey.url,
      FLEET_DATA_DIR: join(directory, `fleet-${task.id}`),
    });
    await fleet.line((line) => line.includes("the fleet is up"));
    expect(await readiness()).toEqual({ status: 200, away: [] });
  });
  afterEach(async () => {
    await endFleetProcesses();
    await other.close();
    await valkey.kill();
  });

  test("Valkey: deliveries are refused, not lost, and the story goes on when it is back", {
    timeout: 180_000,
  }, async () => {
    const done = other.actUntil(["story/done"], 150_000);
    await withGraph(whileChecking);
    await valkey.kill();
    const { id } = await other.say("/status");
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 503, away: ["queues"] }), patience);
    // The intake holds a delivery for a while; then GitHub is told that it was not taken.
    await vi.waitFor(async () => expect(await answers()).toContain(503), patience);
    await valkey.start();
    await expectRecovery(done, id);
  });

  test("Neo4j: deliveries wait in their queue, and the story goes on when it is back", {
    timeout: 180_000,
  }, async () => {
    const done = other.actUntil(["story/done"], 150_000);
    await withGraph(whileChecking);
    await neo4j.kill();
    const { id } = await other.say("/status");
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 503, away: ["graph"] }), patience);
    await fleet.line((line) => line.includes("job goes back to its queue"));
    await neo4j.start();
    await expectRecovery(done, id);
  });
});

/** The story ends done by the same process, and the command that was given during the outage has its one answer. */
async function expectRecovery(done: Promise<void>, commentId: number): Promise<void> {
  await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 200, away: [] }), patience);
  await done;
  await withGraph((graph) =>
    vi.waitFor(async () => {
      const road = await inspectRoad(other.playground, graph, other.title);
      expectSingleRoad(road);
      expect([...road.story.comments.keys()]).toContain(`reply comment-${commentId}-0`);
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
  expect(fleet.lines.length, "an outage is logged, and not for every attempt").toBeLessThan(60);
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
