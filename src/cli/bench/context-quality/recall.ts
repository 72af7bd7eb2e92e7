import type { SymbolNode } from "../../../context/domain/code/code-graph.ts";
import { type Lines, nameLineOf } from "../../../context/domain/code/show-symbol.ts";
import { createRandom } from "../seeded-random.ts";
import type { ShownLines } from "./references.ts";

/** What of the changed symbols and files a context shows, each from 0 to 1; null where the commit changed none of them. */
export type Recall = {
  /** Symbols whose name stands there: in a body, or as a line of an outline. The headline. */
  readonly symbols: number;
  /** Symbols of which every line stands there. */
  readonly whole: number;
  /** Symbols that are no tests, and those that are. */
  readonly code: number | null;
  readonly tests: number | null;
  /** Files of which anything stands there. */
  readonly files: number;
};

export type Changed = { readonly symbols: readonly SymbolNode[]; readonly files: readonly string[] };

export function recallOf(
  { symbols, files }: Changed,
  shown: readonly ShownLines[],
  linesOf: (path: string) => readonly string[],
): Recall {
  const ranges = new Map<string, Lines[]>();
  for (const { path, lines } of shown) ranges.set(path, [...(ranges.get(path) ?? []), lines]);
  const stands = (path: string, line: number): boolean =>
    (ranges.get(path) ?? []).some(({ from, to }) => from <= line && line <= to);
  const isNamed = (symbol: SymbolNode): boolean => stands(symbol.path, nameLineOf(symbol, linesOf(symbol.path)).from);
  const isWhole = ({ path, from, to }: SymbolNode): boolean => {
    for (let line = from; line <= to; line += 1) if (!stands(path, line)) return false;
    return true;
  };
  return {
    symbols: share(symbols, isNamed) ?? 0,
    whole: share(symbols, isWhole) ?? 0,
    code: share(
      symbols.filter(({ test }) => !test),
      isNamed,
    ),
    tests: share(
      symbols.filter(({ test }) => test),
      isNamed,
    ),
    files: share(files, (path) => ranges.has(path)) ?? 0,
  };
}

function share<T>(all: readonly T[], has: (each: T) => boolean): number | null {
  return all.length === 0 ? null : all.filter(has).length / all.length;
}

const kinds = ["symbols", "whole", "code", "tests", "files"] as const;

/** The mean over commits of each recall, in percent to a tenth; null where no commit had one. */
export function meanRecall(recalls: readonly Recall[]): Readonly<Record<keyof Recall, number | null>> {
  const mean = (kind: keyof Recall): number | null => {
    const values = recalls.map((each) => each[kind]).filter((value) => value !== null);
    return values.length === 0 ? null : percent(average(values));
  };
  const [symbols, whole, code, tests, files] = kinds.map(mean);
  return {
    symbols: symbols ?? null,
    whole: whole ?? null,
    code: code ?? null,
    tests: tests ?? null,
    files: files ?? null,
  };
}

const draws = 2_000;

/** The 95 % interval of a mean, in percent: of 2,000 draws of as many commits, the same draws every time. */
export function interval(values: readonly number[]): readonly [number, number] {
  const random = createRandom(11);
  const means = Array.from({ length: draws }, () =>
    average(values.map(() => values[Math.floor(random() * values.length)] ?? 0)),
  ).sort((a, b) => a - b);
  const at = (part: number): number => percent(means[Math.floor(part * (draws - 1))] ?? 0);
  return [at(0.025), at(0.975)];
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function percent(value: number): number {
  return Math.round(value * 1_000) / 10;
}
