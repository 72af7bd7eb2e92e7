import type { CodeFile } from "./code-graph.ts";
import type { LeftOutReason } from "./left-out.ts";

/** A file of a tree by git's word, before it is read. */
export type ListedFile = { readonly path: string; readonly blob: string; readonly size: number };

/** A file that is not read; its content's id where it was judged by its content. */
export type LeftOutFile = { readonly path: string; readonly reason: LeftOutReason; readonly blob: string | null };

/** The files of a commit that are worth reading, by path, and those that are left out without a look at their content. */
export type TreeListing = { readonly files: readonly ListedFile[]; readonly leftOut: readonly LeftOutFile[] };

/** What an index was made of. */
export type IndexedTree = { readonly files: readonly CodeFile[]; readonly leftOut: readonly LeftOutFile[] };

/** What a tree has else than one that was indexed. */
export type TreeDifference = {
  /** Files that the other lacks, or has with another content. */
  readonly changed: readonly ListedFile[];
  /** Files that are left out now, and were not or for another reason. */
  readonly leftOut: readonly LeftOutFile[];
  /** Every path of which the other tree says nothing true any more. */
  readonly masked: ReadonlySet<string>;
};

/** Compares by git's ids of the contents, so that it makes no difference how the one commit came from the other. */
export function differenceOf(base: IndexedTree, listing: TreeListing): TreeDifference {
  const known = new Map(base.files.map(({ path, blob }) => [path, blob]));
  const knownLeftOut = new Map(base.leftOut.filter(({ path }) => !known.has(path)).map((each) => [each.path, each]));
  const changed = listing.files.filter(
    ({ path, blob }) => known.get(path) !== blob && knownLeftOut.get(path)?.blob !== blob,
  );
  const leftOut = listing.leftOut.filter(({ path, reason }) => knownLeftOut.get(path)?.reason !== reason);
  const present = new Set([...listing.files, ...listing.leftOut].map(({ path }) => path));
  const gone = [...known.keys(), ...knownLeftOut.keys()].filter((path) => !present.has(path));
  const masked = new Set([...changed, ...leftOut].map(({ path }) => path).concat(gone));
  // Nobody can tell whether `a.ts#b` is a path or a symbol's key: with `a.ts` such a file is taken anew as well.
  const alike = listing.files.filter(({ path }) => !masked.has(path) && known.has(path) && isKeyIn(masked, path));
  return { changed: [...changed, ...alike], leftOut, masked: new Set([...masked, ...alike.map(({ path }) => path)]) };
}

/** Whether a key may be that of a symbol in one of these files: it begins with the path and `#`, and a path may hold one itself. */
export function isKeyIn(files: ReadonlySet<string>, key: string): boolean {
  for (let at = key.indexOf("#"); at !== -1; at = key.indexOf("#", at + 1))
    if (files.has(key.slice(0, at))) return true;
  return false;
}

const fewFiles = 20;
const manyFiles = 400;
const largeShare = 0.2;

/** Whether a layer over that tree costs less than an index of its own. */
export function isNear(base: IndexedTree, { masked }: TreeDifference): boolean {
  return masked.size <= Math.min(manyFiles, Math.max(fewFiles, base.files.length * largeShare));
}
