import type { Edge } from "./code-graph.ts";
import type { CodeEntry, TermPostings } from "./code-index.ts";
import type { Together } from "./history.ts";
import type { Named } from "./named-in-text.ts";
import type { TermScores } from "./term-scores.ts";

/** What an index answered about a text at first: the documents of its terms, and what has a name that it says. */
export type FirstEvidence = {
  readonly documents: number;
  readonly postings: ReadonlyMap<string, TermPostings>;
  readonly named: readonly CodeEntry[];
  /** What of these the text names, by key, with how sure that is. */
  readonly said: Named;
};

/** All that is known of the code that a text may be about. */
export type Evidence = FirstEvidence & {
  /** What the text's terms say for each document, and all that its own words do (`ownScores`). */
  readonly terms: TermScores;
  readonly own: ReadonlyMap<string, number>;
  /** Files and symbols by key: what scores best, the ends of `edges`, and the files of all these. */
  readonly entries: ReadonlyMap<string, CodeEntry>;
  /** The best files and what imports them or changes with them: all that these define is among the entries. */
  readonly files: readonly string[];
  /** Edges from and to the best symbols and from and to `files`. */
  readonly edges: readonly Edge[];
  readonly together: ReadonlyMap<string, readonly Together[]>;
};

/** Bounds of what an index is asked, whatever the size of the repository. */
export const bounds = {
  /** Documents of one term. */
  postings: 500,
  /** Namesakes of what a text names. */
  namesakes: 12,
  /** Files and symbols that are looked at. */
  keys: 400,
  /** The best symbols and files whose neighbours are asked for. */
  seeds: 50,
  files: 12,
  /** Files that these lead to. */
  furtherFiles: 8,
  /** Edges of one kind and direction from each. */
  neighbours: 40,
} as const;

/** What a name that a text says outright adds to what its words say, of which the best have 1. */
const namedShare = { file: 1, symbol: 0.5 } as const;

/** What a text's own words say for each document: 1 for the best of its terms, and so much more for what it names. */
export function ownScores({
  named,
  said,
  terms,
}: Pick<Evidence, "named" | "said" | "terms">): ReadonlyMap<string, number> {
  let most = 0;
  terms.scores.forEach(({ score }) => {
    if (score > most) most = score;
  });
  const own = new Map<string, number>();
  terms.scores.forEach(({ score }, key) => {
    own.set(key, score / most);
  });
  const files = new Set(named.filter(({ symbol }) => symbol === null).map(({ key }) => key));
  for (const [key, sure] of said)
    own.set(key, (own.get(key) ?? 0) + sure * (files.has(key) ? namedShare.file : namedShare.symbol));
  return own;
}

/** The keys with the highest scores; ties go by key. */
export function highest(scores: ReadonlyMap<string, number>, most: number): readonly string[] {
  // Of many only those are sorted that are not below the last one that counts.
  const least =
    scores.size <= most ? Number.NEGATIVE_INFINITY : (Float64Array.from(scores.values()).sort().at(-most) ?? 0);
  const kept: { readonly key: string; readonly score: number }[] = [];
  scores.forEach((score, key) => {
    if (score >= least) kept.push({ key, score });
  });
  return kept
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
    .slice(0, most)
    .map(({ key }) => key);
}

/** What a file has of what its symbols are worth: of the best the whole, of each further one so much less. */
const further = 0.5;

/** What the best files lend to what they import, what imports them, and what changes together with them. */
const lent = { imports: 1, together: 0.1 } as const;

/** How much speaks for each file: what its own text says, and the best of its symbols. */
export function fileScores(
  own: ReadonlyMap<string, number>,
  entries: ReadonlyMap<string, CodeEntry>,
): ReadonlyMap<string, number> {
  const rows = new Map<string, number[]>();
  const files = new Map<string, number>();
  entries.forEach(({ path, symbol }, key) => {
    const score = own.get(key);
    if (score === undefined) return;
    const row = rows.get(path);
    if (symbol === null) files.set(path, score);
    else if (row === undefined) rows.set(path, [score]);
    else row.push(score);
  });
  rows.forEach((row, path) => {
    let [sum, share] = [0, 1];
    for (const score of row.sort((a, b) => b - a)) {
      sum += score * share;
      share *= further;
    }
    files.set(path, (files.get(path) ?? 0) + sum);
  });
  const most = Math.max(0, ...files.values());
  files.forEach((score, path) => {
    files.set(path, score / most);
  });
  return files;
}

/** The same with what files lend one another: each shares among its imports, and with what often changes when it does. */
export function lendToFiles(
  files: ReadonlyMap<string, number>,
  { edges, together }: Pick<Evidence, "edges" | "together">,
): ReadonlyMap<string, number> {
  const result = new Map(files);
  const add = (path: string, score: number): void => {
    result.set(path, (result.get(path) ?? 0) + score);
  };
  const imported = new Map<string, string[]>();
  const link = (from: string, to: string): void => {
    imported.set(from, [...(imported.get(from) ?? []), to]);
  };
  for (const { from, to, kind } of edges) {
    if (kind !== "IMPORTS") continue;
    link(from, to);
    link(to, from);
  }
  for (const path of highest(files, bounds.files)) {
    const score = files.get(path) ?? 0;
    const near = imported.get(path) ?? [];
    for (const other of near)
      add(other, (lent.imports * score) / Math.sqrt(near.length * (imported.get(other)?.length ?? 1)));
    const partners = together.get(path) ?? [];
    const most = Math.max(1, ...partners.map(({ commits }) => commits));
    for (const { path: other, commits } of partners)
      add(other, (lent.together * score * commits) / most / Math.sqrt(partners.length));
  }
  return result;
}
