import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { StoryState } from "../../kernel/states.ts";
import { sampleStories } from "../../playground/sample/script.ts";
import { openBareTransactions } from "./bare-transactions.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { createRoadDeliveries, type RoadStep } from "./road-deliveries.ts";
import { openRoadStage, type RoadStage } from "./road-stage.ts";
import { harmonicMean, median } from "./statistics.ts";

/** As `receiveDeliveries` does. */
const atOnce = 8;
const stories = 250;
const rounds = 7;

/**
 * Deliveries per second from the queue's worker to state and outbox committed, saturated, against bare transactions of
 * two statements on the same engine, in turns in one process; the medians count. The bare ones run as many at once as is safe
 * without anything around them. Each delivery changes a story's state
 * and leaves an event: its approval, then an edit that takes the approval back. Embedded, or on the Neo4j of
 * `FLEET_BENCH_NEO4J_URI`, which must hold no stories.
 *
 * @throws {Error} when a delivery did not have its effect
 */
export async function roadBench(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "bench-road-"));
  const closers: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  try {
    // Not NEO4J_URI: a bench never writes into a store that was not named for it.
    const stage = await openRoadStage(directory, process.env["FLEET_BENCH_NEO4J_URI"]);
    closers.push(() => stage.close());
    if ((await count(stage, "MATCH (s:Story) RETURN count(s) AS count")) > 0) {
      throw new ConfigurationError("FLEET_BENCH_NEO4J_URI names a store that holds stories; must be an empty one");
    }
    const bare = await openBareTransactions(directory, stage.neo4j, stories);
    closers.push(() => bare.close());
    const numbers = Array.from({ length: stories }, (_, n) => n + 1);
    const road = createRoad(stage, numbers);
    for (const step of ["open", "submit"] as const) await road([step]);

    const ours: number[] = [];
    const reference: number[] = [];
    const unguarded: number[] = [];
    const bareRound = (limit: number) => perSecond([...numbers, ...numbers], (n) => bare.run(n), limit);
    for (let round = 0; round <= rounds; round += 1) {
      const sides = [
        async () => ours.push(await road(["approve", "edit"])),
        async () => reference.push(await bareRound(Math.min(bare.safeAtOnce, atOnce))),
        async () => unguarded.push(await bareRound(atOnce)),
      ];
      // Who is first changes each time: the second one finds the machine warmer.
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) await side();
    }
    return benchResult({
      bench: "road",
      ours: median(ours.slice(1)), // round 0 warms up
      reference: median(reference.slice(1)),
      unit: "deliveries/s",
      detail: {
        engine: stage.neo4j === undefined ? "embedded" : "neo4j",
        atOnce,
        rounds,
        deliveriesPerRound: 2 * stories,
        oursByRound: ours.slice(1),
        referenceByRound: reference.slice(1),
        referenceAtOnce: Math.min(bare.safeAtOnce, atOnce),
        // As many at once as the road: safe here only because the bench never writes to one node twice at a time.
        unguardedReference: median(unguarded.slice(1)),
      },
    });
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** Takes every story the given steps further, makes sure that each did go, and says at how many deliveries a second. */
function createRoad(stage: RoadStage, numbers: readonly number[]): (steps: readonly RoadStep[]) => Promise<number> {
  const [sample] = sampleStories();
  if (sample === undefined) throw new TypeError("the sample stories are missing from this build");
  const deliver = createRoadDeliveries(stage.place, sample, Date.now());
  let events = 0;
  return async (steps) => {
    const rates: number[] = [];
    for (const step of steps) {
      const deliveries = numbers.map((number) => deliver(step, number));
      rates.push(await perSecond(deliveries, stage.receive));
      events += numbers.length;
      const moved = await count(stage, "MATCH (s:Story) WHERE s.state = $state RETURN count(s) AS count", {
        state: leadsTo[step],
      });
      const pending = await count(stage, "MATCH (e:Outbox) RETURN count(e) AS count");
      if (moved !== numbers.length || pending !== events) {
        throw new Error(`${step}: ${moved} of ${numbers.length} stories moved, ${pending} of ${events} events came.`);
      }
    }
    return Math.round(harmonicMean(rates));
  };
}

const leadsTo = {
  open: "draft",
  submit: "po-review",
  approve: "ready-for-planning",
  edit: "po-review",
} as const satisfies Readonly<Record<RoadStep, StoryState>>;

async function count({ graph }: RoadStage, cypher: string, parameters: { state?: string } = {}): Promise<number> {
  const [row] = await graph.query(cypher, parameters);
  return Number(row?.["count"]);
}

/** How many items a second the work takes, `concurrency` at a time. */
async function perSecond<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  concurrency = atOnce,
): Promise<number> {
  const limit = pLimit(concurrency);
  const began = performance.now();
  await Promise.all(items.map((item) => limit(() => work(item))));
  return Math.round((items.length / (performance.now() - began)) * 1_000);
}
