import { type Standing, select } from "../../../deliberation/domain/select.ts";
import type { Pool } from "./pools.ts";

/** What is known of a task's distinct texts, by their places. */
export type Known = {
  /** How many of the texts are right: those come first. */
  readonly right: number;
  /** The text by which a majority counts. */
  readonly texts: readonly string[];
  /** The rows that the product measured with full acceptance tests, and with the visible ones only. */
  readonly full: readonly Standing[];
  readonly weak: readonly Standing[];
};

/** What each way of choosing comes to on a pool: 1 for a right one, 0 for a wrong one or none. */
export type Outcome = {
  readonly ours: number;
  readonly oursWeak: number;
  readonly first: number;
  /** The expected value. */
  readonly random: number;
  readonly majority: number;
  /** 1 where any is right. */
  readonly oracle: number;
  /** 1 where the product chose a wrong one, instead of a right one or nobody. */
  readonly oursWrong: number;
  readonly oursWeakWrong: number;
};

/** Lets every selector choose from one pool. */
export function compareSelectors(pool: Pool, known: Known): Outcome {
  const isRight = (at: number | undefined): boolean => at !== undefined && at < known.right;
  const hits = pool.filter(isRight).length;
  const full = chosen(pool, known.full);
  const weak = chosen(pool, known.weak);
  return {
    ours: Number(isRight(full)),
    oursWeak: Number(isRight(weak)),
    first: Number(isRight(pool[0])),
    random: hits / pool.length,
    majority: Number(isRight(mostFrequent(pool, known.texts))),
    oracle: Number(hits > 0),
    oursWrong: Number(full !== undefined && !isRight(full)),
    oursWeakWrong: Number(weak !== undefined && !isRight(weak)),
  };
}

/** The text that the product's own selection lets win, on the rows that it measured; undefined where nobody passes. */
function chosen(pool: Pool, rows: readonly Standing[]): number | undefined {
  const standings = pool.map((text, at): Standing => {
    const row = rows[text];
    if (row === undefined) throw new TypeError(`no row of text ${text}`);
    return { ...row, id: `c${at + 1}` };
  });
  const { winner } = select(standings);
  return pool[standings.findIndex(({ id }) => id === winner)];
}

/** The most frequent text; of equally frequent ones the first. */
function mostFrequent(pool: Pool, texts: readonly string[]): number | undefined {
  const counts = new Map<string, number>();
  for (const at of pool) counts.set(texts[at] ?? "", (counts.get(texts[at] ?? "") ?? 0) + 1);
  const most = Math.max(...counts.values());
  return pool.find((at) => counts.get(texts[at] ?? "") === most);
}
