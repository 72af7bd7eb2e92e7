import type { Hunk } from "../domain/code/changed-symbols.ts";
import type { CodeFile, Edge, SymbolNode } from "../domain/code/code-graph.ts";
import type { Commit, Together } from "../domain/code/history.ts";
import type { LeftOutReason } from "../domain/code/left-out.ts";
import type { LayerEdge } from "../domain/code/overlay-edges.ts";
import type { PostingList, WordKind } from "../domain/code/posting-lists.ts";
import type { IndexedTree, LeftOutFile, ListedFile, TreeListing } from "../domain/code/tree-difference.ts";
import type { ParseSource } from "./ports.ts";

/** A file with its text, or why it has none. */
export type ReadFile =
  | { readonly kind: "text"; readonly file: ListedFile; readonly text: string }
  | { readonly kind: "left-out"; readonly file: ListedFile; readonly reason: LeftOutReason };

/** A repository whose commits are read by their ids. */
export interface CommitSource {
  /** @throws PermanentError for a commit that is not there. */
  tree(commit: string): Promise<TreeListing>;
  /** The texts of files, by their contents' ids; of all of them a few MiB are in memory at a time. */
  texts(files: readonly ListedFile[]): AsyncIterable<ReadFile>;
  /** The latest commits up to one, newest first; how many is bounded. */
  history(commit: string): Promise<readonly Commit[]>;
  /**
   * Who wrote the latest commits, by their ids: a digest of the address, which is personal data and goes no further. Digests
   * of another `salt` cannot be compared.
   */
  authors(commit: string, salt: string): Promise<ReadonlyMap<string, string>>;
  /**
   * The source files that each of these commits changed or made, as it left them, with the lines that it wrote there; none
   * for a commit that is wider than `widest` files. A commit whose contents are not all here is absent.
   */
  changedLines(commits: readonly string[], widest: number): Promise<ReadonlyMap<string, readonly ChangedLines[]>>;
}

/** One file of a commit; `hunks` are its lines after it. */
export type ChangedLines = ListedFile & { readonly hunks: readonly Hunk[] };

/** What a commit changed in one file; the key of a symbol is `path#Parent.name`. */
export type SymbolChange = {
  readonly commit: string;
  readonly symbols: readonly Pick<SymbolNode, "id" | "path" | "name" | "kind">[];
};

/** The branch's index as it is published. */
export type IndexedBranch = {
  readonly commit: string;
  readonly base: string;
  readonly overlay: string | null;
  /** Rises with each publication. */
  readonly version: number;
  /** Its layers are such as this code makes. */
  readonly isCurrent: boolean;
};

export type BaseLayer = { readonly id: string; readonly commit: string; readonly documents: number };

/** In how many of the commits a file changed, and what with. */
export type FileHistory = { readonly path: string; readonly changes: number; readonly together: readonly Together[] };

/** A file or a symbol under its number in the layer. */
export type CodeNode = {
  readonly number: number;
  readonly key: string;
  readonly blob: string;
} & ({ readonly file: CodeFile; readonly symbol: null } | { readonly file: null; readonly symbol: SymbolNode });

/** A word's list in one layer; `lost` of the base's documents with it are masked. */
export type LayerList = PostingList & { readonly lost: number };

/** What is known only when all of a layer is written. */
export type LayerFacts = {
  /** Documents of the tree that is read through this layer. */
  readonly documents: number;
  readonly masked: readonly string[];
  /** Edges between files that are not masked: true no more, and true now. */
  readonly ended: readonly Edge[];
  readonly appeared: readonly Edge[];
};

/** Writes one layer; nobody reads it before it is published. Each call is one transaction, so that any number may come. */
export interface LayerWriter {
  readonly layer: string;
  /** A file and its symbols come in one call. */
  nodes(nodes: readonly CodeNode[]): Promise<void>;
  edges(edges: readonly LayerEdge[]): Promise<void>;
  lists(lists: readonly LayerList[]): Promise<void>;
  histories(histories: readonly FileHistory[]): Promise<void>;
  leftOut(files: readonly LeftOutFile[]): Promise<void>;
  finish(facts: LayerFacts): Promise<void>;
}

export type NewLayer = {
  readonly repository: number;
  readonly branch: string;
  readonly commit: string;
  /** Null: it is one itself. */
  readonly base: string | null;
};

/** What to read a branch from, in place of what it was read from when its index was looked at. */
export type Publication = NewLayer & {
  readonly base: string;
  readonly overlay: string | null;
  /** Null: the branch had no index. */
  readonly version: number | null;
};

/** Where indexes are kept. Layers that were published never change. */
export interface CodeStore {
  branch(repository: number, branch: string): Promise<IndexedBranch | null>;
  /** Newest first. */
  bases(repository: number): Promise<readonly BaseLayer[]>;
  tree(layer: string): Promise<IndexedTree>;
  histories(layer: string): Promise<readonly FileHistory[]>;
  /** In how many documents of a layer each word is; a word that nothing holds is absent. */
  documentsWith(layer: string, words: readonly Pick<PostingList, "kind" | "word">[]): Promise<readonly PostingCount[]>;
  /** @throws RetryableError where the base is gone. */
  begin(layer: NewLayer): Promise<LayerWriter>;
  /** False: somebody else published another index of this branch meanwhile, and that one stays. */
  publish(publication: Publication): Promise<boolean>;
  /** Keeps commits with the files that they change and the digests of who wrote them, once each. */
  recordCommits(repository: number, commits: readonly Commit[], authors: ReadonlyMap<string, string>): Promise<void>;
  /** Which of these commits, in their order, have no symbols recorded yet. */
  withoutSymbols(repository: number, commits: readonly string[]): Promise<readonly string[]>;
  /** Keeps which symbols commits changed; the commits are there. */
  recordSymbols(repository: number, changes: readonly SymbolChange[]): Promise<void>;
  /** Takes away what nothing is read from any more. */
  sweep(repository: number): Promise<void>;
}

export type PostingCount = { readonly kind: WordKind; readonly word: string; readonly documents: number };

export type CodeIndexPorts = {
  readonly source: CommitSource;
  readonly store: CodeStore;
  readonly parse: ParseSource;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
};
