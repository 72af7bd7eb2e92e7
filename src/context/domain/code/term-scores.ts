import { identifierWords } from "../identifier-words.ts";
import type { CodeEntry, TermPostings } from "./code-index.ts";

/** What the terms of a text say for each document. */
export type TermScores = {
  readonly scores: ReadonlyMap<string, { readonly score: number }>;
  /** The text's terms that a document holds, the rarest first. */
  termsOf(key: string): readonly string[];
};

/** `held`: a bit for each of the terms, which are fewer than a number has. */
type Row = { score: number; held: number; count: number };

/** Texts are read so far, and so many of their terms are looked up. */
const longestText = 200_000;
const mostLookedUp = 200;
/** The rarest of them decide: no more than a number has bits. */
const mostTerms = 30;

/** What a text is looked up by: its terms, those first that it says first. */
export function wantedTerms(text: string): readonly string[] {
  return [...new Set(identifierWords(text.slice(0, longestText)))].slice(0, mostLookedUp);
}

/** The terms that decide, rarest first, of terms by how many documents hold each; one that nothing holds does not count. */
export function rarestTerms(holders: ReadonlyMap<string, number>): readonly string[] {
  return [...holders]
    .filter(([, documents]) => documents > 0)
    .sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1))
    .slice(0, mostTerms)
    .map(([term]) => term);
}

function withNamed(
  held: TermPostings | undefined,
  term: string,
  namedBy: ReadonlyMap<string, ReadonlySet<string>>,
): TermPostings["best"] {
  const { documents, best } = held ?? { documents: 0, best: [] };
  const last = best.at(-1);
  if (last === undefined || documents === best.length) return best;
  const cutOff = [...namedBy].filter(([key, words]) => words.has(term) && !best.some((each) => each.key === key));
  return [...best, ...cutOff.map(([key]) => ({ key, weight: last.weight }))];
}

/**
 * Scores documents by the terms of a text: how much each is about a term, times how rare that is among all `documents`
 * (BM25's weights). Of a term that very many hold an index tells the best ones only: what the text names is among them, too, as
 * the last of them, for else its own name would speak against it.
 */
export function termScores(
  postings: ReadonlyMap<string, TermPostings>,
  documents: number,
  named: readonly CodeEntry[],
): TermScores {
  const namedBy = new Map(
    named.map((entry) => [entry.key, new Set(identifierWords(entry.symbol?.name ?? entry.path))]),
  );
  const rarity = (term: string): number => {
    const holders = postings.get(term)?.documents ?? 0;
    return Math.log(1 + (Math.max(0, documents - holders) + 0.5) / (holders + 0.5));
  };
  const rarest = rarestTerms(new Map([...postings].map(([term, held]) => [term, held.documents])));
  const scores = new Map<string, Row>();
  rarest.forEach((term, at) => {
    const rare = rarity(term);
    for (const { key, weight } of withNamed(postings.get(term), term, namedBy)) {
      const row = scores.get(key);
      if (row === undefined) scores.set(key, { score: rare * weight, held: 1 << at, count: 1 });
      else {
        row.score += rare * weight;
        row.held |= 1 << at;
        row.count += 1;
      }
    }
  });
  // Many of the text's terms together say more than one of them often.
  scores.forEach((row) => {
    row.score *= 1 + row.count / rarest.length;
  });
  const termsOf = (key: string): readonly string[] => {
    const { held } = scores.get(key) ?? { held: 0 };
    return rarest.filter((_, at) => (held & (1 << at)) !== 0);
  };
  return { scores, termsOf };
}
