import { readHistoryOf } from "../domain/code/history.ts";
import { differenceOf, isNear, type TreeListing } from "../domain/code/tree-difference.ts";
import type { BaseLayer, CodeIndexPorts, FileHistory } from "./code-index-ports.ts";
import { indexOverlay } from "./index-overlay.ts";
import { indexWhole } from "./index-whole.ts";
import { type KnownFiles, knownFiles } from "./read-indexed-files.ts";

export type IndexCode = { readonly repository: number; readonly branch: string; readonly commit: string };

export type Indexed = {
  /** `known`: it was there already; `overtaken`: another indexer published one meanwhile, which stays. */
  readonly how: "known" | "whole" | "over-base" | "overtaken";
  /** Files that were read for it. */
  readonly files: number;
};

/** What an index is made of, whether whole or over a base. */
export type Material = {
  readonly asked: IndexCode;
  readonly listing: TreeListing;
  readonly histories: readonly FileHistory[];
  readonly known: KnownFiles;
};

/** A layer that is written: the branch is read from it once it is published. */
export type WrittenLayer = { readonly base: string; readonly overlay: string | null; readonly files: number };

/**
 * Brings the index of a branch to a commit. Of a tree that is near one that is indexed whole, its base, only what differs is
 * read and kept; else all of it. Nothing that is published is changed: the branch is switched over at the end, in one
 * transaction, so that a reader has the old index or the new one whatever breaks off.
 */
export async function indexCode(ports: CodeIndexPorts, asked: IndexCode): Promise<Indexed> {
  const { store, source } = ports;
  const before = await store.branch(asked.repository, asked.branch);
  if (before?.commit === asked.commit) return { how: "known", files: 0 };
  await store.sweep(asked.repository);
  const listing = await source.tree(asked.commit);
  const commits = await source.history(asked.commit);
  const histories = historiesOf(commits, listing);
  const nearest = await nearestBase(ports, asked, listing);
  const overlay = before?.overlay ?? null;
  const known = knownFiles([
    ...(nearest?.tree.files ?? []),
    ...(overlay === null ? [] : (await store.tree(overlay)).files),
  ]);
  const material = { asked, listing, histories, known };
  const isOver = nearest !== null && isNear(nearest.tree, nearest.difference);
  const over = isOver ? await indexOverlay(ports, material, nearest) : null;
  const written = over ?? (await indexWhole(ports, material));
  await store.recordCommits(asked.repository, commits);
  const version = before?.version ?? null;
  const isOurs = await store.publish({ ...asked, base: written.base, overlay: written.overlay, version });
  const how = !isOurs ? "overtaken" : over === null ? "whole" : "over-base";
  return { how, files: written.files };
}

export type NearestBase = NonNullable<Awaited<ReturnType<typeof nearestBase>>>;

async function nearestBase({ store }: CodeIndexPorts, { repository }: IndexCode, listing: TreeListing) {
  const found: (BaseLayer & ReturnType<typeof compare>)[] = [];
  const compare = (tree: Awaited<ReturnType<typeof store.tree>>) => ({ tree, difference: differenceOf(tree, listing) });
  for (const base of await store.bases(repository)) found.push({ ...base, ...compare(await store.tree(base.id)) });
  return found.sort((a, b) => a.difference.masked.size - b.difference.masked.size)[0] ?? null;
}

/** Files that are left out for their content have one too: no reader asks for it, and it costs no look at the content. */
function historiesOf(commits: Parameters<typeof readHistoryOf>[0], { files }: TreeListing): readonly FileHistory[] {
  const { changes, together } = readHistoryOf(commits, new Set(files.map(({ path }) => path)));
  return [...changes].map(([path, count]) => ({ path, changes: count, together: together.get(path) ?? [] }));
}
