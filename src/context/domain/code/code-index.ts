import type { Edge } from "./code-graph.ts";
import type { Together } from "./history.ts";
import type { ParsedSymbol } from "./parsed-file.ts";

/** What an index keeps of a file or a symbol: all but its text. */
export type CodeEntry = {
  /** A file's path; a symbol's `path#Parent.name`. */
  readonly key: string;
  readonly path: string;
  /** Null: it is a file. */
  readonly symbol: Pick<ParsedSymbol, "name" | "kind" | "parent" | "from" | "to" | "signatureTo"> | null;
  /** A test, or something that helps tests. */
  readonly test: boolean;
};

/** How much a document is about a term, before the term's rarity is weighed: `documentTerms` says it. */
export type Posting = { readonly key: string; readonly weight: number };

/** In how many documents a term is, and the best of them, heaviest first. */
export type TermPostings = { readonly documents: number; readonly best: readonly Posting[] };

/**
 * The code of one branch at one commit, asked in bounded reads: what an answer costs does not grow with the repository.
 * In memory it is made from a tree (`fleet context`); for councils it is the knowledge graph.
 */
export interface CodeIndex {
  readonly commit: string;
  /** How many documents (symbols and files) there are. */
  documents(): Promise<number>;
  /** At most `most` documents of each of the rarest terms (`rarestTerms`); a term that nothing holds is absent. */
  postings(terms: readonly string[], most: number): Promise<ReadonlyMap<string, TermPostings>>;
  /** Files by their last name (`round.ts`) and symbols by their own (`roundCents`); a name of more than `most` has none. */
  named(names: readonly string[], most: number): Promise<readonly CodeEntry[]>;
  /** What is not there is absent. */
  entries(keys: readonly string[]): Promise<ReadonlyMap<string, CodeEntry>>;
  /** Edges from and to each key, at most `mostEach` of each kind and direction, by the other end's key. */
  neighbours(keys: readonly string[], mostEach: number): Promise<readonly Edge[]>;
  /** What changed in the same commits as a file, most often first. */
  together(paths: readonly string[]): Promise<ReadonlyMap<string, readonly Together[]>>;
}
