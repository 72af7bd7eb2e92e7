import { posix } from "node:path";
import { identifierWords } from "../identifier-words.ts";
import type { CodeFile, SymbolNode } from "./code-graph.ts";

/** What is searched: a symbol, or a file with what stands outside of its symbols. */
export type DocumentTerms = {
  /** A symbol's id, or a file's path. */
  readonly key: string;
  /** How much it is about each of its terms, above 0. What the rest of the tree holds has no part in it. */
  readonly terms: ReadonlyMap<string, number>;
};

/** A term in a name counts beside how often the body says it, which has the name as well. */
const nameWeight = 1;
/** A file's own name is most of what its document says. */
const fileNameWeight = 3;
const folderWeight = 1.2;

/** BM25's: how fast a term said again stops to count, and how much a long body takes from each. */
const saturation = 1.2;
const lengthShare = 0.6;
/** Lines of the usual symbol. A constant, where BM25 has the tree's average: a weight stays when other files change. */
const usualLines = 20;
const longest = 4;

/** A data file may hold more words than a library: so many of them, the heaviest, stand for it. */
const mostTerms = 2_000;

/** The comment above a symbol is written about it. */
const mostLead = 15;
const lead = /^\s*(?:\/\/|\/\*|\*|#|@|"""|''')/;

/**
 * The terms of one file's documents: each of its symbols, and the file itself. A line belongs to the innermost symbol that
 * holds it, with the comments above that; all others, of a file without symbols every line, are the file's own.
 */
export function documentTerms(file: CodeFile, symbols: readonly SymbolNode[]): readonly DocumentTerms[] {
  const lines = file.text.split("\n");
  const owners = ownersOf(lines, symbols);
  const bodies = new Map<SymbolNode | null, Body>(
    [...symbols, null].map((each) => [each, { lines: 0, counts: new Map() }]),
  );
  for (const [at, line] of lines.entries()) {
    const body = bodies.get(owners[at] ?? null);
    if (body === undefined) continue;
    body.lines += 1;
    for (const word of identifierWords(line)) body.counts.set(word, (body.counts.get(word) ?? 0) + 1);
  }
  return [...bodies].map(([symbol, body]) => {
    const terms = bodyWeights(body);
    if (symbol === null) {
      addTo(terms, identifierWords(posix.basename(file.path)), fileNameWeight);
      addTo(terms, identifierWords(posix.dirname(file.path)), folderWeight);
    } else {
      addTo(terms, identifierWords(`${symbol.parent ?? ""} ${symbol.name}`), nameWeight);
    }
    return { key: symbol?.id ?? file.path, terms: heaviest(terms) };
  });
}

type Body = { lines: number; readonly counts: Map<string, number> };

/** Which symbol each line belongs to. */
function ownersOf(lines: readonly string[], symbols: readonly SymbolNode[]): readonly (SymbolNode | undefined)[] {
  const owners = new Array<SymbolNode | undefined>(lines.length);
  const outerFirst = [...symbols].sort((a, b) => a.from - b.from || b.to - a.to);
  for (const symbol of outerFirst) {
    owners.fill(symbol, symbol.from - 1, symbol.to);
    const outer = owners[symbol.from - 2];
    for (let at = symbol.from - 2; at >= 0 && symbol.from - at <= mostLead + 1; at -= 1) {
      if (owners[at] !== outer || !lead.test(lines[at] ?? "")) break;
      owners[at] = symbol;
    }
  }
  return owners;
}

function bodyWeights({ lines, counts }: Body): Map<string, number> {
  const length = 1 - lengthShare + lengthShare * Math.min(longest, lines / usualLines);
  return new Map(
    [...counts].map(([term, count]) => [term, (count * (saturation + 1)) / (count + saturation * length)]),
  );
}

function addTo(terms: Map<string, number>, words: readonly string[], weight: number): void {
  for (const word of new Set(words)) terms.set(word, (terms.get(word) ?? 0) + weight);
}

function heaviest(terms: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (terms.size <= mostTerms) return terms;
  return new Map([...terms].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, mostTerms));
}
