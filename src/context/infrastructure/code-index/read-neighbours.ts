import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import { type Edge, edgeKinds } from "../../domain/code/code-graph.ts";
import { uniqueEdges } from "../../domain/code/unique-edges.ts";
import { nodeId } from "./layer-ids.ts";
import { type Ends, type Neighbourhood, recall } from "./layer-memory.ts";
import { edgeText, isSeen, layersOf, type View } from "./view.ts";

const directions = ["out", "in"] as const;

const row = z.object({
  id: z.string(),
  path: z.string(),
  kind: z.enum(edgeKinds),
  direction: z.enum(directions),
  keys: z.array(z.string()),
  paths: z.array(z.string()),
  layers: z.array(z.string()),
});

const patterns = { out: "-[r:DEFINES|IMPORTS|CALLS|TESTS]->", in: "<-[r:DEFINES|IMPORTS|CALLS|TESTS]-" } as const;

/** One statement is one journey, and a list a fraction of as many rows. */
const both = directions
  .map(
    (direction) => `UNWIND $ids AS id MATCH (n:Code {id: id})${patterns[direction]}(m:Code)
RETURN id, n.path AS path, type(r) AS kind, '${direction}' AS direction,
  collect(m.key) AS keys, collect(m.path) AS paths, collect(m.layer) AS layers`,
  )
  .join("\nUNION ALL ");

/**
 * The edges from and to each key. Of one kind at most 512 lead to one thing, and a file's own are as many as it names, so
 * that they are few whatever the repository's size; the order is made here, since it is the same for both layers.
 */
export async function readNeighbours(
  tx: Transaction,
  view: View,
  keys: readonly string[],
  mostEach: number,
): Promise<readonly Edge[]> {
  const wanted = [...new Set(keys)];
  const layers = layersOf(view);
  const ids = wanted.flatMap((key) => layers.map((layer) => nodeId(layer, key)));
  const found = await recall(view.memory.neighbours, ids, (missing) => readAround(tx, missing));
  const appeared = view.appeared.length === 0 ? null : endsByKey(view.appeared);
  const edges: Edge[] = [];
  for (const key of wanted) {
    const seen = layers.flatMap((layer) => {
      const around = found.get(nodeId(layer, key));
      return around === undefined || !isSeen(view, layer, around.path) ? [] : seenEnds(view, layer, key, around);
    });
    for (const { kind, direction, others } of withAppeared(seen, appeared?.get(key)))
      for (const other of others.slice(0, mostEach)) edges.push(edgeBetween(key, other, kind, direction));
  }
  return uniqueEdges(edges);
}

/** What one end of edges of one kind and direction sees: the keys of the other ends, in order. */
type Group = Pick<Ends, "kind" | "direction"> & { readonly others: readonly string[] };

/** An edge is seen where both ends are, in this view's layers, and it has not ended. */
function seenEnds(view: View, layer: string, key: string, { ends }: Neighbourhood): readonly Group[] {
  const layers = layersOf(view);
  return ends.map(({ kind, direction, others }) => {
    const seen = others.filter((other) => {
      if (!layers.includes(other.layer) || !isSeen(view, other.layer, other.path)) return false;
      if (layer !== view.base || other.layer !== view.base || view.ended.size === 0) return true;
      return !view.ended.has(edgeText(edgeBetween(key, other.key, kind, direction)));
    });
    return { kind, direction, others: seen.map((other) => other.key) };
  });
}

function withAppeared(seen: readonly Group[], appeared: readonly Group[] | undefined): readonly Group[] {
  if (appeared === undefined) return seen;
  const all = [...seen];
  for (const { kind, direction, others } of appeared) {
    const at = all.findIndex((each) => each.kind === kind && each.direction === direction);
    const known = at === -1 ? [] : all.splice(at, 1).flatMap((group) => group.others);
    all.push({ kind, direction, others: [...new Set([...known, ...others])].sort(inOrder) });
  }
  return all;
}

function endsByKey(edges: readonly Edge[]): ReadonlyMap<string, readonly Group[]> {
  const ends = new Map<string, Group[]>();
  const add = (key: string, other: string, kind: Edge["kind"], direction: Group["direction"]): void => {
    ends.set(key, [...withAppeared(ends.get(key) ?? [], [{ kind, direction, others: [other] }])]);
  };
  for (const { from, to, kind } of edges) {
    add(from, to, kind, "out");
    add(to, from, kind, "in");
  }
  return ends;
}

/** What is around nodes, by the nodes' ids. */
async function readAround(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Neighbourhood>> {
  const rows = await tx.run(both, { ids });
  const found = new Map<string, { readonly path: string; readonly ends: Ends[] }>();
  for (const { id, path, kind, direction, keys, paths, layers } of z.array(row).parse(rows)) {
    const others = keys
      .map((key, at) => ({ key, path: paths[at] ?? key, layer: layers[at] ?? "" }))
      .sort((a, b) => inOrder(a.key, b.key));
    const around = found.get(id) ?? { path, ends: [] };
    found.set(id, around);
    around.ends.push({ kind, direction, others });
  }
  return found;
}

function edgeBetween(key: string, other: string, kind: Edge["kind"], direction: Ends["direction"]): Edge {
  return direction === "out" ? { from: key, to: other, kind } : { from: other, to: key, kind };
}

function inOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
