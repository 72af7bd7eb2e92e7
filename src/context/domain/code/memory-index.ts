import { posix } from "node:path";
import type { CodeFile, CodeGraph, Edge, SymbolNode } from "./code-graph.ts";
import type { CodeEntry, CodeIndex, Posting } from "./code-index.ts";
import { documentTerms } from "./document-terms.ts";
import type { History } from "./history.ts";
import { rarestTerms } from "./term-scores.ts";
import { isTestPath } from "./test-path.ts";

/**
 * The index of one tree that is in memory as a whole. `termsOf` is `documentTerms`, or what remembers its answers for who
 * indexes many trees of the same files.
 */
export function openMemoryIndex(
  graph: CodeGraph,
  history: History,
  commit: string,
  termsOf: typeof documentTerms = documentTerms,
): CodeIndex {
  const { documents, postings } = invert(graph, termsOf);
  const names = entriesByName(graph);
  const edges = edgesByEnd(graph.edges);
  const sorted = new Set<string>();
  const best = (term: string): readonly Posting[] => {
    const found = postings.get(term) ?? [];
    if (!sorted.has(term)) found.sort((a, b) => b.weight - a.weight || byText(a.key, b.key));
    sorted.add(term);
    return found;
  };
  const entry = (key: string): CodeEntry | null => {
    const symbol = graph.symbols.get(key);
    const file = graph.files.get(symbol?.path ?? key);
    return file === undefined ? null : entryOf(file, symbol ?? null);
  };
  return {
    commit,
    documents: async () => documents,
    async postings(terms, most) {
      const counts = terms.map((term) => [term, postings.get(term)?.length ?? 0] as const);
      const held = rarestTerms(new Map(counts)).map((term) => [term, best(term)] as const);
      return new Map(held.map(([term, found]) => [term, { documents: found.length, best: found.slice(0, most) }]));
    },
    async named(wanted, most) {
      const rows = [...new Set(wanted)].map((name) => names.get(name) ?? []);
      const keys = new Set(rows.filter(({ length }) => length <= most).flat());
      return [...keys].map(entry).filter((each) => each !== null);
    },
    async entries(keys) {
      return new Map(keys.map((key) => [key, entry(key)] as const).filter(isFound));
    },
    async neighbours(keys, mostEach) {
      const found = keys.flatMap((key) =>
        [...(edges.get(key)?.values() ?? [])].flatMap((row) => row.slice(0, mostEach)),
      );
      return [...new Set(found)];
    },
    async together(paths) {
      return new Map(paths.map((path) => [path, history.together.get(path) ?? []]));
    },
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isFound(each: readonly [string, CodeEntry | null]): each is readonly [string, CodeEntry] {
  return each[1] !== null;
}

function entryOf({ path }: CodeFile, symbol: SymbolNode | null): CodeEntry {
  if (symbol === null) return { key: path, path, symbol, test: isTestPath(path) };
  const { name, kind, parent, from, to, signatureTo } = symbol;
  return { key: symbol.id, path, symbol: { name, kind, parent, from, to, signatureTo }, test: symbol.test };
}

function invert(
  { files, symbolsOf }: CodeGraph,
  termsOf: typeof documentTerms,
): { documents: number; postings: ReadonlyMap<string, Posting[]> } {
  const postings = new Map<string, Posting[]>();
  let documents = 0;
  for (const file of files.values()) {
    for (const { key, terms } of termsOf(file, symbolsOf.get(file.path) ?? [])) {
      documents += 1;
      for (const [term, weight] of terms) {
        const row = postings.get(term);
        if (row === undefined) postings.set(term, [{ key, weight }]);
        else row.push({ key, weight });
      }
    }
  }
  return { documents, postings };
}

/** The keys of files by their last name, and of symbols by their own. */
function entriesByName({ files, symbols }: CodeGraph): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  const add = (name: string, key: string): void => {
    const row = names.get(name);
    if (row === undefined) names.set(name, [key]);
    else row.push(key);
  };
  for (const path of files.keys()) add(posix.basename(path), path);
  for (const { id, name } of symbols.values()) add(name, id);
  return names;
}

/** Each key's edges by kind and direction, sorted by the other end. */
function edgesByEnd(edges: readonly Edge[]): ReadonlyMap<string, ReadonlyMap<string, readonly Edge[]>> {
  const ends = new Map<string, Map<string, Edge[]>>();
  const add = (key: string, way: string, edge: Edge): void => {
    const ways = ends.get(key) ?? new Map<string, Edge[]>();
    const row = ways.get(way);
    if (row === undefined) ways.set(way, [edge]);
    else row.push(edge);
    ends.set(key, ways);
  };
  for (const edge of edges) {
    add(edge.from, `from ${edge.kind}`, edge);
    add(edge.to, `to ${edge.kind}`, edge);
  }
  for (const [key, ways] of ends)
    for (const row of ways.values()) row.sort((a, b) => byText(otherEnd(a, key), otherEnd(b, key)));
  return ends;
}

function otherEnd({ from, to }: Edge, key: string): string {
  return from === key ? to : from;
}
