import { posix } from "node:path";
import type { Edge, EdgeKind } from "./code-graph.ts";
import type { CodeEntry } from "./code-index.ts";
import { bounds, type Evidence, fileScores, highest, lendToFiles } from "./evidence.ts";
import { languageOf } from "./language.ts";

/** A symbol, or a file that defines none, with what speaks for it. */
export type Ranked = {
  readonly entry: CodeEntry;
  readonly score: number;
  /** Edges to the nearest thing that the text names, or shares most terms with; null where none leads there. */
  readonly distance: number | null;
  /** Whether the text names it as only code is named. */
  readonly isNamed: boolean;
  /** Why it is here, in words; of hundreds that are ranked a few are shown, and the others need none. */
  readonly why: () => readonly string[];
};

/** What a symbol has of its file's score, beside its own. */
const fileShare = 0.5;
/** What the best symbols lend to what calls, tests and is called by them. */
const lent = 0.5;
/** A test has a sentence for a name: more of a text's words than the code that the text is about. */
const testShare = 0.8;
/** Prose and settings hold many words and little of what is to be changed. */
const proseShare = 0.6;
/** What was done before says every word that there is. */
const pastShare = 0.2;
const past = /^(?:change(?:s|log)|history|news|release[-_ ]?notes|releases)(?:[-_.]|$)/i;

function proseShareOf(path: string): number {
  return past.test(posix.basename(path)) ? pastShare : proseShare;
}

/** What the text names and nothing else is called stands above what only neighbours speak for. */
const aboveLent = 1;

/** So sure is a name that it is no mere word, and no namesake of many others. */
const outright = 0.5;

const seedCount = 5;
const farthest = 4;

/**
 * Ranks what an index answered about a text: by the text's own words, by what speaks for the file that it stands in, then
 * by what calls, tests or imports these. Ties go by key, so that the same tree and text give the same order.
 */
export function* rankCode(evidence: Evidence): Generator<Ranked> {
  const { entries, own } = evidence;
  const linked = linksOf(evidence.edges);
  const files = lendToFiles(fileScores(own, entries), evidence);
  const isWhole = wholeFiles(evidence);
  const scores = new Map<string, number>();
  entries.forEach(({ path, symbol, test }, key) => {
    if (symbol === null && !isWhole(path)) return;
    const score = (own.get(key) ?? 0) + fileShare * (files.get(path) ?? 0);
    if (score > 0) scores.set(key, score * (symbol === null ? proseShareOf(path) : 1) * (test ? testShare : 1));
  });
  const spread = lendToLinked(scores, linked, entries);
  for (const [key, sure] of evidence.said)
    if (sure >= 1 && entries.get(key)?.symbol != null) spread.set(key, (spread.get(key) ?? 0) + aboveLent);
  const seeds = seedsOf(own, evidence);
  const distances = distancesFrom(seeds, linked);
  const explain = explainer({ evidence, linked, seeds, distances });
  for (const key of highest(spread, spread.size)) {
    const entry = entries.get(key);
    if (entry === undefined) continue;
    const [score, distance] = [spread.get(key) ?? 0, distances.get(key) ?? null];
    const isNamed = (evidence.said.get(key) ?? 0) >= outright;
    yield { entry, score, distance, isNamed, why: () => explain(entry) };
  }
}

/** Whether a file stands for itself: it defines no symbol. Of source files that is known where their edges are. */
function wholeFiles({ files, edges }: Evidence): (path: string) => boolean {
  const asked = new Set(files);
  const defining = new Set(edges.filter(({ kind }) => kind === "DEFINES").map(({ from }) => from));
  return (path) => !defining.has(path) && (asked.has(path) || languageOf(path) === null);
}

type Link = { readonly key: string; readonly kind: EdgeKind; readonly how: string };
type Links = ReadonlyMap<string, readonly Link[]>;

const words: Readonly<Record<EdgeKind, readonly [string, string]>> = {
  CALLS: ["calls", "is called by"],
  TESTS: ["tests", "is tested by"],
  IMPORTS: ["imports", "is imported by"],
  DEFINES: ["defines", "is in"],
};

function linksOf(edges: readonly Edge[]): Links {
  const rows = new Map<string, Link[]>();
  const add = (from: string, link: Link): void => {
    const row = rows.get(from);
    if (row === undefined) rows.set(from, [link]);
    else row.push(link);
  };
  for (const { from, to, kind } of edges) {
    add(from, { key: to, kind, how: words[kind][0] });
    add(to, { key: from, kind, how: words[kind][1] });
  }
  return rows;
}

/**
 * What has many neighbours lends each less, and takes less of each: a logger that everything calls says nothing. Each takes
 * what one neighbour lends, the most, so that what stands between many is not above what the text is about.
 */
function lendToLinked(
  scores: ReadonlyMap<string, number>,
  linked: Links,
  entries: ReadonlyMap<string, CodeEntry>,
): Map<string, number> {
  const taken = new Map<string, number>();
  const known = new Map<string, readonly Link[]>();
  const calls = (key: string): readonly Link[] => {
    const row = known.get(key) ?? (linked.get(key) ?? []).filter(({ kind }) => kind === "CALLS" || kind === "TESTS");
    known.set(key, row);
    return row;
  };
  for (const key of highest(scores, bounds.seeds)) {
    const row = calls(key);
    for (const { key: other } of row) {
      if (entries.get(other)?.symbol == null) continue;
      const share = (lent * (scores.get(key) ?? 0)) / Math.sqrt(row.length * calls(other).length);
      taken.set(other, Math.max(taken.get(other) ?? 0, share));
    }
  }
  const spread = new Map(scores);
  taken.forEach((share, key) => {
    spread.set(key, (spread.get(key) ?? 0) + share);
  });
  return spread;
}

function seedsOf(own: ReadonlyMap<string, number>, { said }: Evidence): ReadonlySet<string> {
  const named = [...said].filter(([, sure]) => sure >= outright).map(([key]) => key);
  return new Set(named.length > 0 ? named : highest(own, seedCount));
}

function distancesFrom(seeds: ReadonlySet<string>, linked: Links): ReadonlyMap<string, number> {
  const distances = new Map([...seeds].map((key) => [key, 0]));
  let border = [...seeds];
  for (let distance = 1; distance <= farthest && border.length > 0; distance += 1) {
    const next: string[] = [];
    for (const key of border) {
      for (const { key: other } of linked.get(key) ?? []) {
        if (distances.has(other)) continue;
        distances.set(other, distance);
        next.push(other);
      }
    }
    border = next;
  }
  return distances;
}

type Known = {
  readonly evidence: Evidence;
  readonly linked: Links;
  readonly seeds: ReadonlySet<string>;
  readonly distances: ReadonlyMap<string, number>;
};

/** Says why something is here. One neighbour is named: that is enough to see why. */
function explainer({ evidence, linked, seeds, distances }: Known): (entry: CodeEntry) => readonly string[] {
  const { said: named, terms } = evidence;
  return ({ key, path }) => {
    const sure = named.get(key) ?? 0;
    const found = terms.termsOf(key).slice(0, 4);
    const inFile = key === path ? [] : terms.termsOf(path).slice(0, 4);
    const link = (linked.get(key) ?? []).find((each) => seeds.has(each.key) && each.key !== path);
    const together = partnerOf(path, seeds, evidence);
    const direct = [
      ...(sure >= outright ? ["named in the text"] : sure > 0 ? ["its name is a word of the text"] : []),
      ...(named.has(path) && key !== path ? ["its file is named in the text"] : []),
      ...(found.length > 0 ? [`terms: ${found.join(", ")}`] : []),
      ...(link === undefined ? [] : [`${link.how} ${link.key}`]),
      ...(together === null ? [] : [`changed together with ${together.with} in ${together.commits} commits`]),
    ];
    if (direct.length > 0) return direct;
    if (inFile.length > 0) return [`its file is about: ${inFile.join(", ")}`];
    const distance = distances.get(key);
    return [distance === undefined ? "in a file that is about it" : `${distance} edges from what the text is about`];
  };
}

/** The seed that a file changed together with most often. */
function partnerOf(
  path: string,
  seeds: ReadonlySet<string>,
  { together }: Evidence,
): { readonly with: string; readonly commits: number } | null {
  const found = [...seeds].flatMap((seed) =>
    (together.get(seed) ?? []).filter((each) => each.path === path).map(({ commits }) => ({ with: seed, commits })),
  );
  return found.sort((a, b) => b.commits - a.commits)[0] ?? null;
}
