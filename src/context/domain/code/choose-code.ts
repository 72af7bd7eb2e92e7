import { identifierWords } from "../identifier-words.ts";
import type { Ranked } from "./rank-code.ts";
import { bodyOf, excerptOf, type Lines, nameLineOf, signatureOf } from "./show-symbol.ts";

/** Something that may be shown, before its file is read. */
export type Chosen = Omit<Ranked, "why"> & {
  readonly why: ReturnType<Ranked["why"]>;
  /** One of the symbols of a context. What is none may stand in the outline of its file. */
  readonly isMain: boolean;
};

export type Choice = {
  /** Code and tests, the best first. */
  readonly chosen: readonly Chosen[];
  /** What ranks high and is not among them. */
  readonly over: readonly { readonly key: string; readonly why: string }[];
};

/** The same with the lines that it would be shown by. */
export type Candidate = Chosen & {
  /** `Invoice.total`; null for a file. */
  readonly symbol: string | null;
  readonly kind: string;
  /** All of it; its signature, or a few lines of a file; the line with its name alone, where it has one. */
  readonly forms: { readonly body: Lines; readonly outline: Lines; readonly line: Lines | null };
};

/** DOMAIN.md §5: at most this many symbols. */
export const mostSymbols = 20;
const mostTests = 10;
const mostOfOneFile = 8;
const mostProse = 4;
/** What may stand in the outlines of files beside these. */
const mostOutlined = 150;
const mostFiles = 30;
const mostOver = 30;
const excerptLines = 30;
const shortExcerpt = 6;

/**
 * Chooses of a ranking what is worth showing: 20 symbols and 10 tests, and of their files and a few more what else ranks
 * high, as lines of an outline.
 */
export function chooseCode(ranked: Iterable<Ranked>): Choice {
  const chosen: Chosen[] = [];
  const over: { key: string; why: string }[] = [];
  const perFile = new Map<string, number>();
  const counts = { code: 0, tests: 0, prose: 0 };
  for (const each of ranked) {
    if (chosen.length >= mostOutlined && over.length >= mostOver) break;
    const { key, path, symbol, test } = each.entry;
    const known = perFile.get(path) ?? 0;
    const isProse = symbol === null;
    const why =
      isProse && counts.prose >= mostProse && !each.isNamed
        ? `beyond ${mostProse} files without symbols`
        : perFile.size >= mostFiles && known === 0
          ? `beyond ${mostFiles} files`
          : chosen.length >= mostOutlined
            ? "ranks too low for what fits"
            : null;
    const isMain = known < mostOfOneFile && (test ? counts.tests < mostTests : counts.code < mostSymbols);
    if (why !== null || (isProse && !isMain)) {
      if (over.length < mostOver) over.push({ key, why: why ?? `beyond the ${mostSymbols} symbols of a context` });
      continue;
    }
    chosen.push({ ...each, why: each.why(), isMain });
    perFile.set(path, known + 1);
    if (isProse) counts.prose += 1;
    if (isMain) counts[test ? "tests" : "code"] += 1;
  }
  return { chosen, over };
}

/** Finds the lines of what was chosen, now that its files are read. */
export function candidatesOf(
  chosen: readonly Chosen[],
  text: string,
  linesOf: (path: string) => readonly string[],
): readonly Candidate[] {
  const terms = new Set(identifierWords(text));
  const hits = (line: string): number => identifierWords(line).filter((word) => terms.has(word)).length;
  return chosen.map((each): Candidate => {
    const { path, symbol } = each.entry;
    const lines = linesOf(path);
    if (symbol === null) {
      const body = excerptOf(lines, hits, excerptLines);
      return {
        ...each,
        symbol,
        kind: "file",
        forms: { body, outline: excerptOf(lines, hits, shortExcerpt), line: null },
      };
    }
    const name = symbol.parent === null ? symbol.name : `${symbol.parent}.${symbol.name}`;
    const forms = { body: bodyOf(symbol, lines), outline: signatureOf(symbol), line: nameLineOf(symbol, lines) };
    return { ...each, symbol: name, kind: symbol.kind, forms };
  });
}
