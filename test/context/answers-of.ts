import type { CodeEntry, CodeIndex } from "../../src/context/domain/code/code-index.ts";

/** What to ask an index: whatever may be a key, a term or a name of its tree. */
export type Questions = {
  readonly keys: readonly string[];
  readonly terms: readonly string[];
  readonly names: readonly string[];
};

/** Everything that an index answers, so that two can be compared as a whole. */
export async function answersOf(index: CodeIndex, { keys, terms, names }: Questions, most = 100) {
  const entries = await index.entries(keys);
  const postings = await index.postings(terms, most);
  const named = await index.named(names, most);
  const edges = await index.neighbours(keys, most);
  const together = await index.together(keys);
  return {
    documents: await index.documents(),
    entries: [...entries.values()].sort(byKey),
    postings: [...postings]
      .map(([term, { documents, best }]) => ({
        term,
        documents,
        best: best.map(({ key, weight }) => [key, round(weight)]),
      }))
      .sort((a, b) => (a.term < b.term ? -1 : 1)),
    named: named.map(({ key }) => key).sort(),
    edges: edges.map(({ from, kind, to }) => `${from} ${kind} ${to}`).sort(),
    together: [...together].filter(([, row]) => row.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

const byKey = (a: CodeEntry, b: CodeEntry): number => (a.key < b.key ? -1 : 1);

/** The graph keeps weights in steps of this. */
const round = (weight: number): number => Math.round(weight * 10_000) / 10_000;
