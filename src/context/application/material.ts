import type { CodeFile } from "../domain/code/code-graph.ts";
import { type Commit, readHistoryOf } from "../domain/code/history.ts";
import type { IndexedTree, TreeDifference, TreeListing } from "../domain/code/tree-difference.ts";
import type { BaseLayer, FileHistory } from "./code-index-ports.ts";
import type { KnownFiles } from "./read-indexed-files.ts";

/** The name under which the default branch is indexed: no branch can be called so. */
export const defaultBranch = "HEAD";

export type IndexCode = { readonly repository: number; readonly branch: string; readonly commit: string };

/** What an index is made of, whether whole or over a base. */
export type Material = {
  readonly asked: IndexCode;
  readonly listing: TreeListing;
  readonly commits: readonly Commit[];
  readonly known: KnownFiles;
};

/** A layer that is written: the branch is read from it once it is published. */
export type WrittenLayer = {
  readonly base: string;
  readonly overlay: string | null;
  readonly files: number;
  /** What was read for it. */
  readonly facts: readonly CodeFile[];
};

/** The indexed tree that differs least from the one to index. */
export type NearestBase = BaseLayer & { readonly tree: IndexedTree; readonly difference: TreeDifference };

/** The histories of the files that an index holds. */
export function historiesOf(commits: readonly Commit[], files: readonly CodeFile[]): readonly FileHistory[] {
  const { changes, together } = readHistoryOf(commits, new Set(files.map(({ path }) => path)));
  return [...changes].map(([path, count]) => ({ path, changes: count, together: together.get(path) ?? [] }));
}
