import type { Candidate } from "./code/choose-code.ts";
import { type Form, joined, type Lines } from "./code/show-symbol.ts";

export type Placed = {
  readonly candidate: Candidate;
  readonly form: Form;
  readonly lines: Lines;
  /** What it adds to what was placed before it, about. */
  readonly tokens: number;
};

export type FitCode = {
  /** The lines of a file, as they would be shown. */
  readonly linesOf: (path: string) => readonly string[];
  readonly countTokens: (text: string) => number;
  /** What stands around the first lines of a file. */
  readonly frameOf: (path: string) => string;
  /** Tokens. */
  readonly room: number;
};

/**
 * Of the best, those come whole before anything else is shown that fit into this share of the room. With more, fewer of the
 * symbols that a change is about are seen at all (bench `context-quality`: 47 % of them at 0.15, 43 % at 0.5).
 */
const wholeFirst = 20;
const wholeShare = 0.2;

/** What the text names outright is what it is about: that comes whole in so much of the room, the best of it even in more. */
const namedShare = { best: 0.8, all: 0.5 } as const;

/**
 * What tests may take of the room before all code that fits has had its turn: a suite that says a text's words in a hundred names
 * would else leave no line to the code that it tests. With less, of this repository's changed tests fewer are seen (bench
 * `context-quality`: 46 % of them at 0.4 as without it, 40 % at 0.25).
 */
const testsShare = 0.4;

/** A longer signature is shown by the line with the name alone. */
const mostSignature = 24;

/** What the numbers of a piece's lines take, and the `…` before it where the file shows others. */
const rangeTokens = { first: 3, further: 4 } as const;

/**
 * Chooses what is shown of the candidates, which come best first, in about so many tokens: what is named and the best few whole, then
 * all that fits by signature or name, code before tests where these are many, then more bodies where there is room left. No line is
 * shown twice.
 */
export function fitCode(candidates: readonly Candidate[], { linesOf, countTokens, frameOf, room }: FitCode) {
  const placed = new Map<string, Placed>();
  let left = room;

  const linesShown = (path: string): readonly Lines[] =>
    joined([...placed.values()].filter(({ candidate }) => candidate.entry.path === path).map(({ lines }) => lines));
  /** The lines of a range that are not shown yet. */
  const hidden = (path: string, { from, to }: Lines, shown = linesShown(path)): readonly string[] =>
    linesOf(path)
      .slice(from - 1, to)
      .filter((_, at) => !shown.some((range) => range.from <= from + at && from + at <= range.to));
  /** What lines would add; what is sure to take more than `most` is not counted. */
  const cost = ({ entry: { path } }: Candidate, range: Lines, most = room): number => {
    const shown = linesShown(path);
    const lines = hidden(path, range, shown);
    if (lines.length === 0) return 0;
    const text = lines.join("\n");
    // Eight characters a token are far beyond any code.
    if (text.length > most * 8) return Number.POSITIVE_INFINITY;
    const around = shown.length === 0 ? rangeTokens.first + countTokens(frameOf(path)) : rangeTokens.further;
    return countTokens(text) + around;
  };
  const put = (candidate: Candidate, form: Form, lines: Lines, most: number): boolean => {
    const { key } = candidate.entry;
    const bound = Math.min(most, left);
    const tokens = cost(candidate, lines, bound);
    // What a class's body shows already is no piece of its own.
    if (tokens === 0 || tokens > bound) return false;
    placed.set(key, { candidate, form, lines, tokens: tokens + (placed.get(key)?.tokens ?? 0) });
    left -= tokens;
    return true;
  };
  const whole = (candidate: Candidate, most: number): boolean =>
    put(candidate, candidate.symbol === null ? "excerpt" : "body", candidate.forms.body, most);

  const named = candidates.filter(
    ({ isNamed, isMain, entry, symbol }) => isNamed && isMain && !entry.test && symbol !== null,
  );
  for (const [at, candidate] of named.entries())
    whole(candidate, Math.max(0, left - room * (1 - (at === 0 ? namedShare.best : namedShare.all))));
  for (const candidate of candidates.slice(0, wholeFirst))
    whole(candidate, Math.max(0, left - room * (1 - wholeShare)));
  const outlined = (candidate: Candidate, most: number): void => {
    if (placed.has(candidate.entry.key)) return;
    const { outline, line } = candidate.forms;
    const form = candidate.symbol === null ? "excerpt" : "outline";
    if (line !== null && (!candidate.isMain || cost(candidate, outline, mostSignature) > mostSignature))
      put(candidate, form, line, most);
    else put(candidate, form, outline, most);
  };
  const ofTests = (): number =>
    [...placed.values()].reduce((sum, { candidate, tokens }) => sum + (candidate.entry.test ? tokens : 0), 0);
  for (const candidate of candidates) outlined(candidate, candidate.entry.test ? room * testsShare - ofTests() : left);
  for (const candidate of candidates) if (candidate.entry.test) outlined(candidate, left);
  for (const candidate of candidates) if (candidate.isMain) whole(candidate, left);

  return {
    placed: (): readonly Placed[] => [...placed.values()],
    /** Lines of a candidate's body that are not shown. */
    hiddenLines: ({ entry, forms }: Candidate): number => hidden(entry.path, forms.body).length,
    /** Takes back what matters least; null where nothing is left. */
    drop(): Placed | null {
      const last = [...placed.values()].sort(
        (a, b) => a.candidate.score - b.candidate.score || (a.candidate.entry.key < b.candidate.entry.key ? 1 : -1),
      )[0];
      if (last !== undefined) placed.delete(last.candidate.entry.key);
      return last ?? null;
    },
  };
}
