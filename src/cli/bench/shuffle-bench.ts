import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { windowMs } from "../../github/budget/budget-ledger.ts";
import type { Delivery } from "../../github/intake/delivery.ts";
import { RetryableError } from "../../kernel/errors.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { startDayGitHub } from "./day-github.ts";
import { liveStory } from "./day-script.ts";
import { type DayStage, openDayStage } from "./day-stage.ts";
import { describeGitHub, describeGraph, firstDifference } from "./describe-world.ts";
import { shuffleDeliveries } from "./shuffle-deliveries.ts";
import { createVirtualTime } from "./virtual-time.ts";

export type ShuffleOptions = {
  readonly stories?: number;
  readonly tasks?: number;
  /** How many deliveries are handed in, repeats included. */
  readonly deliveries?: number;
  readonly seed?: number;
};

/** GitHub's hour is over long before, however short the pauses that it asks for. */
const mostAttempts = 100;

/**
 * Whether deliveries that come shuffled and repeated end where those in order end. People live a day of stories, and what
 * GitHub sent is kept. Then it is handed in twice more on the same GitHub, each time to a fleet that knows nothing: once
 * in order, once shuffled and repeated. Graph and GitHub have to be the same. Ours is the number of differences, plus one
 * so that a ratio of 1 means none.
 *
 * @throws {Error} when the world does not end the same; it says where
 */
export async function shuffleBench(options: ShuffleOptions = {}): Promise<BenchResult> {
  const { stories = 40, tasks = 3, deliveries = 10_000, seed = 4 } = options;
  const directory = await mkdtemp(join(tmpdir(), "bench-shuffle-"));
  const time = createVirtualTime(Date.UTC(2030, 0, 7));
  const place = await startDayGitHub(directory, time);
  const stages: DayStage[] = [];
  const open = async (name: string) => {
    const stage = await openDayStage(join(directory, name), time, place, "nothing");
    stages.push(stage);
    // The one before has spent of the hour that GitHub gives them all, and told nobody.
    void time.sleep(windowMs.hour);
    await stage.run();
    return stage;
  };
  try {
    const recorded = await record(await openDayStage(join(directory, "live"), time, place, "recorded"), stories, tasks);
    const ordered = await open("ordered");
    for (const delivery of recorded) await handIn(ordered, delivery, true);
    const wanted = { graph: await describeGraph(ordered.graph), github: await describeGitHub(ordered) };

    const shuffled = await open("shuffled");
    const plan = shuffleDeliveries(recorded, deliveries, seed);
    for (const { delivery, settle } of plan) await handIn(shuffled, delivery, settle);
    await shuffled.run();
    const found = { graph: await describeGraph(shuffled.graph), github: await describeGitHub(shuffled) };
    const differences = [firstDifference(wanted.graph, found.graph), firstDifference(wanted.github, found.github)];
    const told = differences.filter((each) => each !== null);
    if (told.length > 0) throw new Error(`Shuffled deliveries end elsewhere:\n${told.join("\n")}`);
    return benchResult({
      bench: "shuffle",
      ours: told.length + 1,
      reference: 1,
      unit: "differences + 1",
      detail: {
        stories,
        tasks,
        seed,
        recorded: recorded.length,
        handedIn: plan.length,
        nodes: wanted.graph.length,
        issues: wanted.github.length,
        violations: place.github.limitViolations,
        exceeded: Object.fromEntries(place.github.limitsExceeded),
      },
    });
  } finally {
    for (const stage of stages) await stage.close();
    await place.github.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * People take stories from issue to merge, a few minutes apart; what GitHub sent, in its order. The fleet that they lived
 * with is gone afterwards: it would answer what the others do.
 */
async function record(stage: DayStage, stories: number, tasks: number): Promise<readonly Delivery[]> {
  const failures: unknown[] = [];
  try {
    for (let n = 0; n < stories; n += 1) {
      void stage.time
        .sleep(n * 10 * 60_000)
        .then(() => liveStory(stage, tasks, 1))
        .catch((error: unknown) => failures.push(error));
    }
    await stage.run();
    if (failures.length > 0) throw failures[0];
    return [...stage.deliveries];
  } finally {
    await stage.close();
  }
}

/** As the queue does it: what GitHub does not take now comes again later. */
async function handIn(stage: DayStage, delivery: Delivery, settle: boolean): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await stage.receive(delivery);
      break;
    } catch (error) {
      if (!(error instanceof RetryableError) || attempt === mostAttempts) throw error;
      void stage.time.sleep(error.afterMs);
      await stage.run();
    }
  }
  if (settle) await stage.run();
}
