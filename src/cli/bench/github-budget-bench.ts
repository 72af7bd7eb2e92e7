import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { startDayGitHub } from "./day-github.ts";
import { liveStory } from "./day-script.ts";
import { type DayStage, openDayStage } from "./day-stage.ts";
import { createVirtualTime } from "./virtual-time.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** What a day aims at: requests that create content a task, reads (a 304 is none) a transition. */
const aims = { contentPerTask: 12, readsPerTransition: 1 } as const;

export type Day = { readonly stories: number; readonly tasks: number; readonly hours: number };

/** Stories begin over these hours, so that the last ones end within the day. */
const wholeDay: Day = { stories: 300, tasks: 3, hours: 20 };

/** This share of the stories warms up what the fleet knows; reads count from then on. */
const warmUp = 0.1;

/**
 * A day of one installation: people take stories of three tasks each from issue to merge, on a local GitHub that enforces
 * the limits of GitHub. Ours is the content-creating requests of a task, everything that its story needs included; the
 * reference is the aim.
 *
 * @throws {Error} when a story is not done at the end, or a limit was exceeded
 */
export async function githubBudgetBench(day: Day = wholeDay): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "bench-budget-"));
  const time = createVirtualTime(Date.UTC(2030, 0, 7));
  const place = await startDayGitHub(directory, time);
  const stage = await openDayStage(directory, time, place, "live");
  try {
    return await measure(stage, day);
  } finally {
    await stage.close();
    await place.github.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(stage: DayStage, day: Day): Promise<BenchResult> {
  const { time, github } = stage;
  const began = time.now();
  const beganReal = performance.now();
  const every = (day.hours * 60 * 60 * 1000) / day.stories;
  let before = counts(stage);
  const failures: unknown[] = [];
  for (let n = 0; n < day.stories; n += 1) {
    // People are not equally quick; the same at every run.
    const pace = 0.7 + ((n * 7) % 10) / 10;
    void time
      .sleep(n * every)
      .then(() => {
        if (n === Math.ceil(day.stories * warmUp)) before = counts(stage);
        return liveStory(stage, day.tasks, pace);
      })
      .catch((error: unknown) => failures.push(error));
  }
  await stage.run();
  if (failures.length > 0) throw failures[0];
  const after = counts(stage);
  if (github.limitViolations > 0)
    throw new Error(`GitHub's limits were exceeded: ${JSON.stringify([...github.limitsExceeded])}`);
  const tasks = day.stories * day.tasks;
  const transitions = after.transitions - before.transitions;
  const reads = after.reads - before.reads;
  return benchResult({
    bench: "github-budget",
    ours: round(after.content / tasks),
    reference: aims.contentPerTask,
    unit: "content-creating requests/task",
    detail: {
      stories: day.stories,
      tasks,
      violations: github.limitViolations,
      exceeded: Object.fromEntries(github.limitsExceeded),
      readsPerTransition: round(reads / transitions),
      notModifiedPerTransition: round((after.notModified - before.notModified) / transitions),
      editsPerTask: round(after.edits / tasks),
      transitions: after.transitions,
      hours: round((time.now() - began) / 3_600_000),
      withinADay: time.now() - began <= dayMs,
      requests: Object.fromEntries([...github.requests].toSorted(([, a], [, b]) => b - a).slice(0, 20)),
      realSeconds: Math.round((performance.now() - beganReal) / 1000),
      aims,
    },
  });
}

function counts({ github, events }: DayStage) {
  const transitions =
    (events.get("planning.story.transitioned") ?? 0) + (events.get("workflow.task.transitioned") ?? 0);
  return { ...github.installationUse, transitions };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
