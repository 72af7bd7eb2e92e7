import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { checkOf } from "../../deliberation/domain/candidate.ts";
import { type Standing, select } from "../../deliberation/domain/select.ts";
import { findProgram } from "../../execution/infrastructure/find-program.ts";
import { createFindToolchain } from "../../execution/infrastructure/find-toolchain.ts";
import { runtimeCache } from "../../execution/infrastructure/open-sandbox.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { openChooser } from "../../wiring/open-chooser.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { createRandom } from "./seeded-random.ts";
import { type Candidates, makeCandidates } from "./selection/candidates.ts";
import { createMeasureRows } from "./selection/measured-rows.ts";
import { drawPool } from "./selection/pools.ts";
import { readTasks } from "./selection/read-tasks.ts";
import { tableRow } from "./selection/selection-table.ts";
import { compareSelectors, type Known, type Outcome } from "./selection/selectors.ts";
import type { Task, TaskLanguage } from "./selection/task.ts";
import { taskProjects } from "./selection/task-files.ts";
import { normalised } from "./selection/tokens.ts";
import { createMeasureTruth } from "./selection/truth.ts";

export type SelectionOptions = {
  readonly languages?: readonly TaskLanguage[];
  /** Tasks of each language, at most; without it all that are bundled. */
  readonly tasks?: number;
  /** Distinct candidates of each task. */
  readonly right?: number;
  readonly wrong?: number;
  /** Pools of each task for every rate and size. */
  readonly pools?: number;
  readonly seed?: number;
  /** Told what is done, one line at a time. */
  readonly say?: (line: string) => void;
};

/** What the fleet aims at, in points: how far behind oracle@k with full tests, how far before first-wins at 30 %. */
const aims = { behindOracle: 2, beforeFirst: 20 } as const;

const rates = [0.1, 0.3, 0.5] as const;
const sizes = [3, 5, 7] as const;
/** The rate that the two sides are compared at. */
const compared = 0.3;

type Measured = Candidates & { readonly known: Known };
type Drawn = { readonly language: TaskLanguage; readonly rate: number; readonly k: number; readonly outcome: Outcome };

/**
 * Whether the fleet picks better than first-wins, random and majority text vote, in percent of pools at 30 % right
 * candidates with full acceptance tests. Candidates are mutants of bundled solutions, their truth measured by hidden
 * tests. Each distinct one's checks are run once with full and once with the visible tests, by the product's matrix in
 * its sandbox; pools use these rows again through the product's own selection.
 *
 * @throws {Error} where there is no sandbox, or a bundled solution is not right
 */
export async function selectionBench(options: SelectionOptions = {}): Promise<BenchResult> {
  const { pools = 100, seed = 7, say = () => undefined } = options;
  const { languages = ["javascript", "python", "go"], right = 2, wrong = 5 } = options;
  const started = performance.now();
  const missing = new Map<TaskLanguage, string>();
  for (const language of languages) {
    const { program } = taskProjects[language];
    if (program !== null && (await findProgram(program)) === null) missing.set(language, `${program} is not on PATH`);
  }
  const usable = languages.filter((language) => !missing.has(language));
  const tasks = (await Promise.all(usable.map(readTasks))).flatMap((all) => all.slice(0, options.tasks));

  const chooser = await openChooser({ sandbox: undefined, logger: createLogger({ level: "silent", format: "json" }) });
  if (chooser.checks.sandbox === null) throw new Error("The bench selection needs a sandbox: install bubblewrap.");
  const measureTruth = createMeasureTruth(chooser.sandbox, createFindToolchain({ cache: runtimeCache() }));
  const measureRows = createMeasureRows(chooser);

  async function measure(task: Task, number: number): Promise<Measured> {
    const made = await makeCandidates(task, { right, wrong }, createRandom(seed + number), measureTruth);
    const texts = [...made.right, ...made.wrong];
    const full = await measureRows(task, texts, [...task.visible, ...task.hidden]);
    const weak = await measureRows(task, texts, task.visible);
    say(`${task.language} ${task.name}: ${made.right.length} right, ${made.wrong.length} wrong`);
    const known = {
      right: made.right.length,
      texts: texts.map((text) => normalised(text, task.language)),
      full,
      weak,
    };
    return { ...made, known };
  }

  const limit = pLimit(availableParallelism());
  const measured = await Promise.all(tasks.map((task, at) => limit(() => measure(task, at))));
  const checkedSeconds = secondsSince(started);
  const drawn = drawAll(measured, pools, seed);
  const at30 = tableRow(outcomesOf(drawn, ({ rate }) => rate === compared));
  const table = rates.flatMap((rate) =>
    sizes.map((k) => ({ rate, k, ...tableRow(outcomesOf(drawn, (each) => each.rate === rate && each.k === k)) })),
  );
  return benchResult({
    bench: "selection",
    ours: at30.ours,
    reference: at30.first,
    unit: "% of pools at 30 %",
    detail: {
      how: "each distinct candidate's checks ran once in the sandbox; pools use the rows again through select",
      table,
      all: tableRow(outcomesOf(drawn, () => true)),
      at30,
      languages: usable.map((language) => ({
        language,
        tasks: tasks.filter((task) => task.language === language).length,
        ...tableRow(outcomesOf(drawn, (each) => each.language === language)),
      })),
      aims,
      reached: {
        behindOracle: Math.max(...table.map(({ oracle, ours }) => tenths(oracle - ours))),
        beforeFirst: tenths(at30.ours - at30.first),
        beforeFirstWeak: tenths(at30.oursWeak - at30.first),
      },
      candidates: candidateFacts(measured),
      skipped: Object.fromEntries(missing),
      seed,
      seconds: { checks: checkedSeconds, all: secondsSince(started) },
    },
  });
}

function drawAll(measured: readonly Measured[], pools: number, seed: number): readonly Drawn[] {
  const random = createRandom(seed);
  return measured.flatMap(({ task, right, wrong, known }) =>
    rates.flatMap((rate) =>
      sizes.flatMap((k) =>
        Array.from({ length: pools }, (): Drawn => {
          const pool = drawPool(random, { rate, k }, { right: right.length, wrong: wrong.length });
          return { language: task.language, rate, k, outcome: compareSelectors(pool, known) };
        }),
      ),
    ),
  );
}

function outcomesOf(drawn: readonly Drawn[], wanted: (each: Drawn) => boolean): readonly Outcome[] {
  return drawn.filter(wanted).map(({ outcome }) => outcome);
}

/** What the pools are made of, and where the product's full matrix and the hidden tests disagree about one. */
function candidateFacts(measured: readonly Measured[]) {
  const count = (of: (each: Measured) => number): number => measured.reduce((sum, each) => sum + of(each), 0);
  const wrongRows = (rows: (known: Known) => readonly Standing[]): readonly Standing[] =>
    measured.flatMap(({ known }) => rows(known).slice(known.right));
  const differ = measured.flatMap(({ task, known }) =>
    known.full.flatMap((row, at) =>
      passes(row) === at < known.right ? [] : [`${task.language} ${task.name} ${row.id}`],
    ),
  );
  return {
    tasks: measured.length,
    right: count(({ right }) => right.length),
    wrong: count(({ wrong }) => wrong.length),
    measured: count((each) => each.measured),
    endless: count(({ endless }) => endless),
    wrongThatDoNotBuild: wrongRows(({ full }) => full).filter((row) => checkOf(row, "builds")?.status === "failed")
      .length,
    wrongThatPassVisible: wrongRows(({ weak }) => weak).filter(passes).length,
    matrixAgainstTruth: differ,
  };
}

function passes(row: Standing): boolean {
  return select([row]).winner !== null;
}

function secondsSince(started: number): number {
  return tenths((performance.now() - started) / 1_000);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
