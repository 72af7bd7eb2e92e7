import type { SymbolNode } from "./code-graph.ts";

/** A range of one version's lines that differs in the other. `count` 0: the other has lines after line `from`. */
export type Hunk = { readonly from: number; readonly count: number };

/** The `@@ -from,count +from,count @@` lines of a patch without context, as lines of the version before or after. */
export function hunksOf(patch: string, version: "before" | "after" = "before"): readonly Hunk[] {
  return [...patch.matchAll(/^@@ -(\d+(?:,\d+)?) \+(\d+(?:,\d+)?) @@/gm)].map(([, before = "", after = ""]) => {
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
  const last = Math.max(0, ...symbols.map(({ to }) => to));
  for (const { from, count } of hunks) {
    if (count === 0) {
      const around = innermost(symbols, (each) => each.from <= from && each.to > from);
      if (around !== null) changed.add(around);
    }
    for (let line = from; line < from + count && line <= last; line += 1) {
      const holder = innermost(symbols, (each) => each.from <= line && each.to >= line);
      if (holder !== null) changed.add(holder);
    }
  }
  return [...changed];
}

function innermost(symbols: readonly SymbolNode[], holds: (each: SymbolNode) => boolean): SymbolNode | null {
  let found: SymbolNode | null = null;
  for (const each of symbols)
    if (holds(each) && (found === null || each.to - each.from <= found.to - found.from)) found = each;
  return found;
}
