import type { SymbolNode } from "./code-graph.ts";

/** A range of one version's lines that differs in the other. `count` 0: the other has lines after line `from`. */
export type Hunk = { readonly from: number; readonly count: number };

/** The `@@ -from,count +from,count @@` lines of a patch without context, as lines of the version before or after. */
export function hunksOf(patch: string, version: "before" | "after" = "before"): readonly Hunk[] {
  return [...patch.matchAll(/(?<![^\n])@@ -(\d+(?:,\d+)?) \+(\d+(?:,\d+)?) @@/g)].map(([, before = "", after = ""]) => {
    const [from, count] = (version === "before" ? before : after).split(",");
    return { from: Number(from), count: count === undefined ? 1 : Number(count) };
  });
}

/**
 * The symbols of one version of a file that hunks are about: for each line that differs the innermost symbol that holds it,
 * and for lines that only the other version has the innermost symbol on both sides. A class counts for what is in none of its
 * members.
 */
export function changedSymbols(symbols: readonly SymbolNode[], hunks: readonly Hunk[]): readonly SymbolNode[] {
  const changed = new Set<SymbolNode>();
  const holders = innermostByLine(symbols, ({ from, to }) => [from, to + 1]);
  const around = innermostByLine(symbols, ({ from, to }) => [from, to]);
  for (const { from, count } of hunks) {
    const found = count === 0 ? [around[from]] : holders.slice(from, from + count);
    for (const each of found) if (each !== undefined && each !== null) changed.add(each);
  }
  return [...changed];
}

type LinesOf = (each: SymbolNode) => readonly [from: number, beyond: number];

/** For each line, by its number, the shortest symbol that holds it; of two as short the later one. */
function innermostByLine(symbols: readonly SymbolNode[], linesOf: LinesOf): readonly (SymbolNode | null)[] {
  const lines = new Array<SymbolNode | null>(symbols.reduce((last, { to }) => Math.max(last, to + 1), 0)).fill(null);
  // Once for all lines: a file of 10,000 functions has as many lines to ask each of them about.
  const longestFirst = symbols.toSorted((a, b) => b.to - b.from - (a.to - a.from));
  for (const each of longestFirst) lines.fill(each, ...linesOf(each));
  return lines;
}
