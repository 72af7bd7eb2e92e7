import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { connectNeo4j } from "../../src/platform/graph/neo4j-graph.ts";
import type { SchemaGraph } from "../../src/platform/graph/schema-graph.ts";
import type { Exchange } from "../../src/playground/github/exchange.ts";
import { type ProcessPart, processParts } from "../../src/wiring/process-parts.ts";
import { bubblewrapMissing } from "../execution/infrastructure/bubblewrap-missing.ts";
import { type AnotherGitHub, startAnotherGitHub } from "../support/another-github.ts";
import { expectSingleRoad } from "../support/expect-single-road.ts";
import { inspectRoad } from "../support/inspect-road.ts";
import { type OwnEngine, startOwnNeo4j, startOwnValkey, whyNoOwnEngines } from "../support/own-engines.ts";
import { endFleetProcesses, type FleetProcess, startFleetProcess } from "../support/run-fleet.ts";
import { queuesWithFailedJobs } from "../support/valkey-jobs.ts";
import { whileChecking } from "../support/while-checking.ts";

const missing = bubblewrapMissing ? "bubblewrap does not work here" : await whyNoOwnEngines();
const skipped = missing === null ? "" : ` (skipped: ${missing})`;

/** By the product owner, while the council's worker is away. */
const decided = "A customer's bookings are counted over all shops.";

let directory: string;
let engines: readonly OwnEngine[] = [];
let valkey: OwnEngine;
let graph: SchemaGraph;
let other: AnotherGitHub;
let neo4jUri: string;

describe.skipIf(missing !== null)(`the fleet as four processes on Neo4j and Valkey${skipped}`, () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "fleet-four-"));
    const [ownValkey, neo4j] = await Promise.all([
      startOwnValkey(join(directory, "valkey")),
      startOwnNeo4j(join(directory, "neo4j")),
    ]);
    engines = [ownValkey, neo4j];
    valkey = ownValkey;
    neo4jUri = neo4j.url;
    graph = await connectNeo4j({ uri: neo4jUri, username: "neo4j", password: "" });
    other = await startAnotherGitHub(directory);
  });

  afterEach(endFleetProcesses);
  afterAll(async () => {
    await other?.close();
    await graph?.close();
    await Promise.all(engines.map((engine) => engine.kill()));
    await rm(directory, { recursive: true, force: true });
  });

  test("each killed in the middle of its work and started again: the story ends done, nothing doubled or lost", {
    timeout: 900_000,
  }, async () => {
    const running = new Map<ProcessPart, FleetProcess>();
    const start = async (part: ProcessPart) => {
      const fleet = startFleetProcess(["up", "--only", part], environmentOf(part));
      running.set(part, fleet);
      await fleet.line((line) => line.includes("the fleet is up"));
    };
    const killed: string[] = [];
    const restarts: Promise<void>[] = [];
    const decide = async () => {
      await other.say(`/decide ${decided}`);
      const stated = "MATCH (d:Decision {status: 'approved'}) WHERE d.rationale CONTAINS $decided RETURN d.id AS id";
      await vi.waitUntil(async () => (await graph.query(stated, { decided })).length > 0, { timeout: 60_000 });
    };
    const kill = (part: ProcessPart, when: string) => {
      if (killed.includes(when)) return;
      killed.push(when);
      const restart = async () => {
        expect(await running.get(part)?.end("SIGKILL"), when).toBe("SIGKILL");
        if (part === "deliberations") await decide();
        await start(part);
      };
      restarts.push(restart());
    };
    await Promise.all(processParts.map(start));

    // The observer runs before anybody reads the answer, so each dies without knowing what became of its request, and
    // the web process before GitHub sends the delivery.
    const stop = other.playground.github.observe((exchange) => {
      if (saysSubmit(exchange)) kill("web", "web, before a delivery");
      if (isWrite(exchange, "pulls/create")) kill("writes", "writes, between a write and its record");
      if (isReview(exchange)) kill("events", "events, with a delivery in its hands");
    });
    const council = whileChecking(graph, 1).then(() =>
      kill("deliberations", "deliberations, while it checks candidates"),
    );
    await other.actUntil(["story/done"], 600_000);
    await council;
    stop();
    await Promise.all(restarts);
    expect(killed).toHaveLength(4);

    await vi.waitFor(async () => expectSingleRoad(await inspectRoad(other.playground, graph, other.title)), {
      timeout: 90_000,
      interval: 200,
    });
    // Who went on in the killed council's place read the story's session and was told what people had decided meanwhile.
    const restarted =
      "MATCH (d:Deliberation) WHERE d.restarts IS NOT NULL RETURN d.round AS round, d.restarts AS restarts";
    const records = await graph.query(restarted);
    expect(records).toMatchObject([{ round: 1 }]);
    expect(JSON.parse(String(records[0]?.["restarts"]))).toMatchObject({
      ...{ times: 1, told: true },
      happened: [expect.stringContaining(decided)],
    });
    const read = "MATCH (r:AuditRecord) WHERE r.detail CONTAINS $purpose RETURN count(r) > 0 AS isRead";
    expect(await graph.query(read, { purpose: "a council goes on in another worker" })).toEqual([{ isRead: true }]);
    for (const fleet of running.values()) expect(await fleet.end("SIGTERM")).toBe(0);
    expectSingleRoad(await inspectRoad(other.playground, graph, other.title));
    expect(await queuesWithFailedJobs(valkey.url)).toEqual([]);
    expect(other.violations()).toEqual([]);
    expect(other.model.served.unknown).toBe(0);
  });
});

/** A deliberation worker holds no secret and does not know the graph. */
function environmentOf(part: ProcessPart): Readonly<Record<string, string>> {
  const shared = { VALKEY_URL: valkey.url, FLEET_DATA_DIR: join(directory, "fleet") };
  if (part === "deliberations") return { ...shared, FLEET_MODEL_HOSTS: other.model.url };
  return { ...shared, ...other.env, NEO4J_URI: neo4jUri };
}

function isWrite(exchange: Exchange, operation: string): boolean {
  return exchange.kind === "response" && exchange.operation === operation && exchange.status < 300;
}

function saysSubmit(exchange: Exchange): boolean {
  return (
    isWrite(exchange, "issues/create-comment") &&
    exchange.kind === "response" &&
    JSON.stringify(exchange.requestBody).includes('"/submit"')
  );
}

/** The web process has answered a review's delivery: it lies in the queue. */
function isReview(exchange: Exchange): boolean {
  return exchange.kind === "webhook" && exchange.event === "pull_request_review" && exchange.action === "submitted";
}
