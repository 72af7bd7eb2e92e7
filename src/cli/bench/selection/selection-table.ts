import type { Outcome } from "./selectors.ts";

/** The share of pools, in percent to one place, that each selector got right. */
export type TableRow = Outcome & { readonly pools: number };

/** The means of outcomes as one row. */
export function tableRow(outcomes: readonly Outcome[]): TableRow {
  const mean = (of: (outcome: Outcome) => number): number => {
    const sum = outcomes.reduce((all, outcome) => all + of(outcome), 0);
    return Math.round((sum / Math.max(1, outcomes.length)) * 1_000) / 10;
  };
  return {
    pools: outcomes.length,
    ours: mean(({ ours }) => ours),
    oursWeak: mean(({ oursWeak }) => oursWeak),
    first: mean(({ first }) => first),
    random: mean(({ random }) => random),
    majority: mean(({ majority }) => majority),
    oracle: mean(({ oracle }) => oracle),
    oursWrong: mean(({ oursWrong }) => oursWrong),
    oursWeakWrong: mean(({ oursWeakWrong }) => oursWeakWrong),
  };
}
