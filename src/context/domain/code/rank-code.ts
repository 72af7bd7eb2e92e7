import type { CodeGraph, Edge, EdgeKind } from "./code-graph.ts";
import type { History } from "./history.ts";
import { type Named, namedInText } from "./named-in-text.ts";
import { type TermScore, termScores } from "./term-scores.ts";

/** A symbol, or a file that defines none, with what speaks for it. */
export type Ranked = {
  /** A symbol's id, or a file's path. */
  readonly key: string;
  readonly score: number;
  /** Edges to the nearest thing that the text names, or shares most terms with; null where none leads there. */
  readonly distance: number | null;
  /** Why it is here, in words. */
  readonly why: readonly string[];
};

/** How much of its score a neighbour lends, by the edge between them. */
const lending: Readonly<Record<EdgeKind, number>> = { CALLS: 0.35, TESTS: 0.35, IMPORTS: 0.15, DEFINES: 0.12 };
const lendingTogether = 0.2;

/** Named things stand above what only shares words: the best term score is worth this much. */
const bestTerms = 10;
const namedScore = 20;
/** What a named file lends each of its symbols. */
const inNamedFile = 0.25;
const steps = 2;
const seedCount = 5;
const farthest = 4;

/**
 * Ranks everything of a graph for a text: named outright first, then by terms, then by what calls, tests, imports or
 * changes together with these. Ties go by key, so that the same tree and text give the same order.
 */
export function rankCode(text: string, graph: CodeGraph, history: History): readonly Ranked[] {
  const named = namedInText(text, graph);
  const terms = termScores(text, graph);
  const own = ownScores(graph, named, terms);
  const neighbours = neighboursOf(graph, history);
  const spread = spreadScores(own, neighbours);
  const seeds = seedsOf(own, named);
  const distances = distancesFrom(seeds, neighbours);
  return [...spread]
    .filter(([key, score]) => score > 0 && (graph.symbols.has(key) || graph.symbolsOf.get(key)?.length === 0))
    .map(([key, score]) => {
      const path = graph.symbols.get(key)?.path ?? key;
      const changes = history.changes.get(path) ?? 0;
      return {
        key,
        score: score * (1 + 0.05 * Math.log2(1 + changes)),
        distance: distances.get(key) ?? null,
        why: reasons(key, path, { named, terms, neighbours, seeds, history, distance: distances.get(key) ?? null }),
      };
    })
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
}

type Scores = ReadonlyMap<string, number>;

function ownScores(graph: CodeGraph, named: Named, terms: ReadonlyMap<string, TermScore>): Scores {
  const highest = Math.max(0, ...[...terms.values()].map(({ score }) => score));
  const own = new Map<string, number>();
  const add = (key: string, score: number): void => {
    own.set(key, (own.get(key) ?? 0) + score);
  };
  for (const [key, { score }] of terms) add(key, (score / highest) * bestTerms);
  for (const [key, sure] of named) {
    add(key, sure * namedScore);
    for (const { id } of graph.symbolsOf.get(key) ?? []) add(id, sure * namedScore * inNamedFile);
  }
  return own;
}

type Neighbour = { readonly key: string; readonly weight: number; readonly how: string };
type Neighbours = ReadonlyMap<string, readonly Neighbour[]>;

const words: Readonly<Record<EdgeKind, readonly [string, string]>> = {
  CALLS: ["calls", "is called by"],
  TESTS: ["tests", "is tested by"],
  IMPORTS: ["imports", "is imported by"],
  DEFINES: ["defines", "is in"],
};

function neighboursOf({ edges }: CodeGraph, history: History): Neighbours {
  const rows = new Map<string, Neighbour[]>();
  const add = (from: string, neighbour: Neighbour): void => {
    const row = rows.get(from);
    if (row === undefined) rows.set(from, [neighbour]);
    else row.push(neighbour);
  };
  const both = ({ from, to, kind }: Edge): void => {
    add(from, { key: to, weight: lending[kind], how: words[kind][0] });
    add(to, { key: from, weight: lending[kind], how: words[kind][1] });
  };
  edges.forEach(both);
  for (const [path, together] of history.together) {
    for (const { path: other, commits } of together) {
      const share = commits / Math.max(1, history.changes.get(path) ?? 1);
      add(path, { key: other, weight: lendingTogether * Math.min(1, share), how: "changes together with" });
    }
  }
  return rows;
}

/** What has many neighbours lends each less, and takes less of each: a logger that everything calls says nothing. */
function spreadScores(own: Scores, neighbours: Neighbours): Scores {
  let current = new Map(own);
  for (let step = 0; step < steps; step += 1) {
    const next = new Map(own);
    for (const [key, score] of current) {
      const row = neighbours.get(key) ?? [];
      const share = score / Math.sqrt(Math.max(1, row.length));
      for (const { key: other, weight } of row) {
        const taken = Math.sqrt(Math.max(1, neighbours.get(other)?.length ?? 1));
        next.set(other, (next.get(other) ?? 0) + (share * weight) / taken);
      }
    }
    current = next;
  }
  return current;
}

function seedsOf(own: Scores, named: Named): ReadonlySet<string> {
  const outright = [...named].filter(([, sure]) => sure >= 0.5).map(([key]) => key);
  if (outright.length > 0) return new Set(outright);
  const best = [...own].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, seedCount);
  return new Set(best.map(([key]) => key));
}

function distancesFrom(seeds: ReadonlySet<string>, neighbours: Neighbours): ReadonlyMap<string, number> {
  const distances = new Map([...seeds].map((key) => [key, 0]));
  let border = [...seeds];
  for (let distance = 1; distance <= farthest && border.length > 0; distance += 1) {
    const next: string[] = [];
    for (const key of border) {
      for (const { key: other } of neighbours.get(key) ?? []) {
        if (distances.has(other)) continue;
        distances.set(other, distance);
        next.push(other);
      }
    }
    border = next;
  }
  return distances;
}

type Evidence = {
  readonly named: Named;
  readonly terms: ReadonlyMap<string, TermScore>;
  readonly neighbours: Neighbours;
  readonly seeds: ReadonlySet<string>;
  readonly history: History;
  readonly distance: number | null;
};

/** One neighbour is named: that is enough to see why. */
function reasons(key: string, path: string, evidence: Evidence): readonly string[] {
  const { named, terms, neighbours, seeds, history } = evidence;
  const sure = named.get(key) ?? 0;
  const found = terms.get(key)?.terms.slice(0, 4) ?? [];
  const link = (neighbours.get(key) ?? []).find((each) => seeds.has(each.key) && each.key !== path);
  const together = history.together.get(path)?.find((each) => seeds.has(each.path));
  const direct = [
    ...(sure >= 0.5 ? ["named in the text"] : sure > 0 ? ["its name is a word of the text"] : []),
    ...(named.has(path) && key !== path ? ["its file is named in the text"] : []),
    ...(found.length > 0 ? [`terms: ${found.join(", ")}`] : []),
    ...(link === undefined ? [] : [`${link.how} ${link.key}`]),
    ...(together === undefined ? [] : [`changed together with ${together.path} in ${together.commits} commits`]),
  ];
  if (direct.length > 0) return direct;
  const { distance } = evidence;
  return [distance === null ? "near what shares words with the text" : `${distance} edges from what the text is about`];
}
