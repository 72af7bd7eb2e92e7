import { LRUCache } from "lru-cache";
import type { FileHistory } from "../../application/code-index-ports.ts";
import type { EdgeKind } from "../../domain/code/code-graph.ts";
import type { Posting } from "../../domain/code/code-index.ts";
import type { Outline } from "./packed-outline.ts";

/** The other ends of a node's edges of one kind and direction, by their keys; `out`: they lead from the node. */
export type Ends = {
  readonly kind: EdgeKind;
  readonly direction: "out" | "in";
  readonly others: readonly { readonly key: string; readonly path: string; readonly layer: string }[];
};

/** What is around a node, and the file that it stands in. */
export type Neighbourhood = { readonly path: string; readonly ends: readonly Ends[] };

/** What is known of a layer as a whole: texts of edges as `edgeText` makes them. */
export type StoredLayer = {
  readonly format: number;
  readonly documents: number;
  readonly masked: readonly string[];
  readonly ended: readonly string[];
  readonly appeared: readonly string[];
};

/** One word's list in one layer, as it is stored (`packed-postings.ts`); `lost` of the base's documents with it are masked. */
export type StoredList = {
  readonly id: string;
  readonly documents: number;
  readonly lost: number;
  readonly best: string;
};

/**
 * What was read of layers, by the ids of their nodes; null: there is no such node. A layer that was published never changes,
 * and no other one ever has its name.
 */
export type LayerMemory = {
  readonly layers: NodeMemory<StoredLayer>;
  /** By layers and paths. */
  readonly outlines: NodeMemory<Outline>;
  readonly neighbours: NodeMemory<Neighbourhood>;
  readonly lists: NodeMemory<StoredList>;
  /** Keys by their numbers, in groups as they are stored. */
  readonly keys: NodeMemory<readonly string[]>;
  /** The first so many of a list, by its id and their number, heaviest first and then by key. */
  readonly postings: LRUCache<string, readonly Posting[]>;
  readonly histories: NodeMemory<FileHistory>;
};

export type NodeMemory<T> = LRUCache<string, { readonly node: T | null }>;

/** Bounded by numbers of nodes; a list takes 8 KiB at most, everything else far less. A posting is a pointer and a number. */
export function createLayerMemory(): LayerMemory {
  return {
    layers: new LRUCache({ max: 100 }),
    outlines: new LRUCache({ maxSize: 60_000, sizeCalculation: ({ node }) => 1 + (node?.entries.size ?? 0) }),
    neighbours: new LRUCache({ max: 10_000 }),
    lists: new LRUCache({ max: 4_000 }),
    keys: new LRUCache({ max: 1_000 }),
    postings: new LRUCache({ maxSize: 800_000, sizeCalculation: ({ length }) => length + 1 }),
    histories: new LRUCache({ max: 10_000 }),
  };
}

/** The nodes with these ids; those that are not remembered are read, in one go, and remembered. */
export async function recall<T>(
  memory: NodeMemory<T>,
  ids: readonly string[],
  read: (missing: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  const missing: string[] = [];
  for (const id of new Set(ids)) {
    const known = memory.get(id);
    if (known === undefined) missing.push(id);
    else if (known.node !== null) found.set(id, known.node);
  }
  if (missing.length === 0) return found;
  const fresh = await read(missing);
  for (const id of missing) {
    const node = fresh.get(id) ?? null;
    memory.set(id, { node });
    if (node !== null) found.set(id, node);
  }
  return found;
}
