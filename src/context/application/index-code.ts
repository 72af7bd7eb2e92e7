import { differenceOf, isNear, type TreeListing } from "../domain/code/tree-difference.ts";
import type { CodeIndexPorts } from "./code-index-ports.ts";
import { indexOverlay } from "./index-overlay.ts";
import { indexWhole } from "./index-whole.ts";
import { defaultBranch, type IndexCode, type NearestBase } from "./material.ts";
import { knownFiles } from "./read-indexed-files.ts";
import { recordChangedSymbols } from "./record-changed-symbols.ts";

export type Indexed = {
  /** `known`: it was there already; `overtaken`: another indexer published one meanwhile, which stays. */
  readonly how: "known" | "whole" | "over-base" | "overtaken";
  /** Files that were read for it. */
  readonly files: number;
};

/**
 * Brings the index of a branch to a commit. Of a tree that is near one that is indexed whole, its base, only what differs is
 * read and kept; else all of it. Nothing that is published is changed: the branch is switched over at the end, in one
 * transaction, so that a reader has the old index or the new one whatever breaks off.
 */
export async function indexCode(ports: CodeIndexPorts, asked: IndexCode): Promise<Indexed> {
  const { store, source } = ports;
  const before = await store.branch(asked.repository, asked.branch);
  if (before?.commit === asked.commit && before.isCurrent) return { how: "known", files: 0 };
  await store.sweep(asked.repository);
  const listing = await source.tree(asked.commit);
  const commits = await source.history(asked.commit);
  const authors = await source.authors(asked.commit, String(asked.repository));
  await store.recordCommits(asked.repository, commits, authors);
  const nearest = await nearestBase(ports, asked, listing);
  const overlay = before?.isCurrent === true ? before.overlay : null;
  const known = knownFiles([
    ...(nearest?.tree.files ?? []),
    ...(overlay === null ? [] : (await store.tree(overlay)).files),
  ]);
  const material = { asked, listing, commits, known };
  const isOver = nearest !== null && isNear(nearest.tree, nearest.difference);
  const over = isOver ? await indexOverlay(ports, material, nearest) : null;
  const written = over ?? (await indexWhole(ports, material));
  const version = before?.version ?? null;
  const isOurs = await store.publish({ ...asked, base: written.base, overlay: written.overlay, version });
  // Once the index is there for others. Commits of other branches may never become history.
  if (asked.branch === defaultBranch)
    await recordChangedSymbols(
      ports,
      asked.repository,
      commits.map(({ id }) => id),
      knownFiles([...(nearest?.tree.files ?? []), ...written.facts]),
    );
  const how = !isOurs ? "overtaken" : over === null ? "whole" : "over-base";
  return { how, files: written.files };
}

async function nearestBase(
  { store }: CodeIndexPorts,
  { repository }: IndexCode,
  listing: TreeListing,
): Promise<NearestBase | null> {
  const found: NearestBase[] = [];
  for (const base of await store.bases(repository)) {
    const tree = await store.tree(base.id);
    found.push({ ...base, tree, difference: differenceOf(tree, listing) });
  }
  return found.sort((a, b) => a.difference.masked.size - b.difference.masked.size)[0] ?? null;
}
