import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { commitSamples } from "./context-quality/commit-samples.ts";
import { createMeasure, type Measured } from "./context-quality/measure.ts";
import { type Change, readChanges, repositoryOf } from "./context-quality/read-changes.ts";
import { interval, meanRecall } from "./context-quality/recall.ts";

export type ContextQualityOptions = {
  /** A directory in a git repository; without it the one that this runs in. */
  readonly repo?: string;
  /** Commits to measure, the latest. */
  readonly commits?: number;
  readonly budgetTokens?: number;
  /** Told what is done, one line at a time. */
  readonly say?: (line: string) => void;
};

/** What the fleet aims at, in points before plain term search. */
const aim = 20;
/** Of the bundled sample's changes; it has fewer. */
const mostSamples = 100;

/**
 * How much of what a commit changed stands in the context that its message gets at its parent: recall of the changed
 * symbols, in percent, ours against plain term search and whole files, all within the same tokens. A symbol counts where its name
 * stands, in a body or in an outline; `whole` tells how many stand there with every line.
 *
 * @throws ConfigurationError for a directory without a history that can be measured
 */
export async function contextQualityBench(options: ContextQualityOptions = {}): Promise<BenchResult> {
  const { repo = ".", commits = 60, budgetTokens = 2_000, say = () => undefined } = options;
  const started = performance.now();
  const repository = await repositoryOf(repo);
  const changes = await readChanges(repository, commits);
  const measured = await measureAll(repository, changes, budgetTokens, say);
  const samples = options.repo === undefined ? await measureSamples(budgetTokens) : null;
  return resultOf(measured, samples, { commits: changes.length, budgetTokens, seconds: seconds(started) });
}

async function measureAll(
  repository: string,
  changes: readonly Change[],
  budgetTokens: number,
  say: (line: string) => void,
): Promise<readonly Measured[]> {
  const measure = await createMeasure(repository, budgetTokens);
  const measured: Measured[] = [];
  for (const [at, change] of changes.entries()) {
    const row = await measure(change);
    if (row !== null) measured.push(row);
    if ((at + 1) % 10 === 0) say(`measured ${at + 1} of ${changes.length} commits`);
  }
  return measured;
}

/** The same of the bundled sample: so small that its context holds most of it. */
async function measureSamples(budgetTokens: number): Promise<readonly Measured[]> {
  const directory = await mkdtemp(join(tmpdir(), "bench-quality-"));
  try {
    await commitSamples(directory);
    return await measureAll(directory, await readChanges(directory, mostSamples), budgetTokens, () => undefined);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const sides = ["ours", "terms", "termsOutlined", "files"] as const;

/** The mean recall of each side, in percent, with the interval of what it is in symbols. */
function tableOf(measured: readonly Measured[]): Readonly<Record<string, object>> {
  return Object.fromEntries(
    sides.map((side) => {
      const values = measured.map((row) => row[side]);
      return [side, { ...meanRecall(values), interval95: interval(values.map(({ symbols }) => symbols)) }];
    }),
  );
}

function resultOf(
  measured: readonly Measured[],
  samples: readonly Measured[] | null,
  facts: { readonly commits: number; readonly budgetTokens: number; readonly seconds: number },
): BenchResult {
  const points = measured.map(({ ours, terms }) => ours.symbols - terms.symbols);
  const ours = meanRecall(measured.map((row) => row.ours)).symbols ?? 0;
  const terms = meanRecall(measured.map((row) => row.terms)).symbols ?? 0;
  return benchResult({
    bench: "context-quality",
    ours,
    // A search that finds nothing at all is told as a tenth of a percent: a ratio needs something to stand on.
    reference: Math.max(0.1, terms),
    unit: "% of changed symbols shown",
    detail: {
      how: "a commit's message as the text, its parent as the code; mean over commits; all sides have the tokens that the message leaves",
      n: measured.length,
      ...tableOf(measured),
      ...(samples === null ? {} : { samples: { n: samples.length, ...tableOf(samples) } }),
      points: { beforeTerms: Math.round((ours - terms) * 10) / 10, interval95: interval(points), aim },
      changedSymbols: measured.reduce((sum, { changed }) => sum + changed, 0),
      withoutSymbols: facts.commits - measured.length,
      indexSymbols: measured[0]?.indexed ?? 0,
      budgetTokens: facts.budgetTokens,
      seconds: facts.seconds,
    },
  });
}

function seconds(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}
