import { identifierWords } from "../identifier-words.ts";
import type { CodeGraph, SymbolNode } from "./code-graph.ts";

export type TermScore = {
  readonly score: number;
  /** The text's terms that it holds, the rarest first. */
  readonly terms: readonly string[];
};

const longestText = 200_000;

/** A term in a name says more of what a thing is than one in its body or path. */
const nameWeight = 3;
const pathWeight = 1.2;

/** Prose and settings hold many words and little of what is to be changed. */
const proseShare = 0.6;

type Document = {
  readonly key: string;
  readonly name: ReadonlySet<string>;
  readonly path: ReadonlySet<string>;
  body: Map<string, number>;
  readonly lines: number;
};

/**
 * Scores symbols, and files that define none, by the terms of a text: BM25 over names, paths and bodies, with identifiers
 * split into their words. Only what holds a term has a score.
 */
export function termScores(text: string, graph: CodeGraph): ReadonlyMap<string, TermScore> {
  const wanted = new Set(identifierWords(text.slice(0, longestText)));
  const documents = [...graph.files.values()].flatMap(({ path, text: source }) => {
    const lineTerms = termsByLine(source, wanted);
    const inPath = new Set(identifierWords(path).filter((word) => wanted.has(word)));
    const symbols = graph.symbolsOf.get(path) ?? [];
    return symbols.length === 0
      ? [fileDocument(path, inPath, lineTerms, source)]
      : symbols.map((symbol) => symbolDocument(symbol, inPath, lineTerms, wanted));
  });
  const frequency = new Map<string, number>();
  for (const { name, path, body } of documents)
    for (const term of new Set([...name, ...path, ...body.keys()])) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const rarity = (term: string): number => {
    const holders = frequency.get(term) ?? 0;
    return Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
  };
  const average = documents.reduce((sum, { lines }) => sum + lines, 0) / Math.max(1, documents.length);
  const scores = new Map<string, TermScore>();
  for (const { key, name, path, body, lines } of documents) {
    const terms = [...new Set([...name, ...path, ...body.keys()])];
    if (terms.length === 0) continue;
    const length = 0.4 + 0.6 * Math.min(4, lines / average);
    const score = terms.reduce((sum, term) => {
      const count = body.get(term) ?? 0;
      const inBody = (count * 2.2) / (count + 1.2 * length);
      return sum + rarity(term) * (inBody + (name.has(term) ? nameWeight : 0) + (path.has(term) ? pathWeight : 0));
    }, 0);
    // Many of the text's terms together say more than one of them often.
    scores.set(key, {
      score: score * (graph.symbols.has(key) ? 1 : proseShare) * (0.5 + terms.length / Math.max(1, wanted.size)),
      terms: terms.sort((a, b) => rarity(b) - rarity(a) || (a < b ? -1 : 1)),
    });
  }
  return scores;
}

type LineTerms = ReadonlyMap<number, readonly string[]>;

/** The wanted terms of each line that has any; lines are counted from 1. */
function termsByLine(source: string, wanted: ReadonlySet<string>): LineTerms {
  const found = new Map<number, readonly string[]>();
  const lower = source.toLowerCase();
  // Stems are the beginnings of words, so a file without any of them needs no splitting.
  const present = [...wanted].filter((term) => lower.includes(term.slice(0, -1)));
  if (present.length === 0) return found;
  for (const [at, line] of source.split("\n").entries()) {
    const small = line.toLowerCase();
    if (!present.some((term) => small.includes(term.slice(0, -1)))) continue;
    const terms = identifierWords(line).filter((word) => wanted.has(word));
    if (terms.length > 0) found.set(at + 1, terms);
  }
  return found;
}

function count(lineTerms: LineTerms, from: number, to: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [line, terms] of lineTerms)
    if (line >= from && line <= to) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function symbolDocument(
  symbol: SymbolNode,
  path: ReadonlySet<string>,
  lineTerms: LineTerms,
  wanted: ReadonlySet<string>,
): Document {
  const own = identifierWords(`${symbol.parent ?? ""} ${symbol.name}`).filter((word) => wanted.has(word));
  // The comment above a symbol is written about it.
  const body = count(lineTerms, Math.max(1, symbol.from - 3), symbol.to);
  return { key: symbol.id, name: new Set(own), path, body, lines: symbol.to - symbol.from + 1 };
}

function fileDocument(path: string, inPath: ReadonlySet<string>, lineTerms: LineTerms, source: string): Document {
  const lines = source.split("\n").length;
  return { key: path, name: new Set(), path: inPath, body: count(lineTerms, 1, lines), lines };
}
