import { type BenchResult, benchResult } from "./bench-result.ts";
import { createMeasure, type Measured } from "./context-quality/measure.ts";
import { readChanges, repositoryOf } from "./context-quality/read-changes.ts";
import { interval, meanRecall, type Recall } from "./context-quality/recall.ts";

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
  const measure = await createMeasure(repository, budgetTokens);
  const measured: Measured[] = [];
  for (const [at, change] of changes.entries()) {
    const row = await measure(change);
    if (row !== null) measured.push(row);
    if ((at + 1) % 10 === 0) say(`measured ${at + 1} of ${changes.length} commits`);
  }
  return resultOf(measured, { commits: changes.length, budgetTokens, seconds: seconds(started) });
}

const sides = ["ours", "terms", "termsOutlined", "files"] as const;

function resultOf(
  measured: readonly Measured[],
  facts: { readonly commits: number; readonly budgetTokens: number; readonly seconds: number },
): BenchResult {
  const values = (side: (typeof sides)[number]): readonly Recall[] => measured.map((row) => row[side]);
  const table = Object.fromEntries(
    sides.map((side) => [
      side,
      { ...meanRecall(values(side)), interval95: interval(values(side).map(({ symbols }) => symbols)) },
    ]),
  );
  const points = measured.map(({ ours, terms }) => ours.symbols - terms.symbols);
  const ours = meanRecall(values("ours")).symbols ?? 0;
  const terms = meanRecall(values("terms")).symbols ?? 0;
  return benchResult({
    bench: "context-quality",
    ours,
    // A search that finds nothing at all is told as a tenth of a percent: a ratio needs something to stand on.
    reference: Math.max(0.1, terms),
    unit: "% of changed symbols shown",
    detail: {
      how: "a commit's message as the text, its parent as the code; mean over commits; all sides have the tokens that the message leaves",
      n: measured.length,
      ...table,
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
