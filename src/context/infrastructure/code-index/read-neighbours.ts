import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import { type Edge, edgeKinds } from "../../domain/code/code-graph.ts";
import { nodeId } from "./layer-ids.ts";
import { type Neighbour, recall } from "./layer-memory.ts";
import { edgeText, isSeen, layersOf, type View } from "./view.ts";

const row = z.object({
  id: z.string(),
  key: z.string(),
  path: z.string(),
  layer: z.string(),
  kind: z.enum(edgeKinds),
  other: z.string(),
  otherPath: z.string(),
  otherLayer: z.string(),
  direction: z.enum(["out", "in"]),
});

const patterns = { out: "-[r:DEFINES|IMPORTS|CALLS|TESTS]->", in: "<-[r:DEFINES|IMPORTS|CALLS|TESTS]-" } as const;

/** One statement is one journey. */
const both = (["out", "in"] as const)
  .map(
    (direction) => `UNWIND $ids AS id MATCH (n:Code {id: id})${patterns[direction]}(m:Code)
RETURN id, n.key AS key, n.path AS path, n.layer AS layer, type(r) AS kind,
  m.key AS other, m.path AS otherPath, m.layer AS otherLayer, '${direction}' AS direction`,
  )
  .join("\nUNION ALL ");

/**
 * The edges from and to each key. Of one kind at most 512 lead to one thing, and a file's own are as many as it names, so
 * that the rows are few whatever the repository's size; the order is made here, since it is the same for both layers.
 */
export async function readNeighbours(
  tx: Transaction,
  view: View,
  keys: readonly string[],
  mostEach: number,
): Promise<readonly Edge[]> {
  const wanted = new Set(keys);
  const ids = [...wanted].flatMap((key) => layersOf(view).map((layer) => nodeId(layer, key)));
  const rows = await recall(view.memory.neighbours, ids, (missing) => readFrom(tx, missing));
  const isThere = isSeenIn(view);
  const seen: End[] = [];
  for (const ends of rows.values()) for (const each of ends) if (isThere(each)) seen.push(each);
  for (const edge of view.appeared)
    for (const direction of ["out", "in"] as const) {
      const end = endOf(edge, direction);
      if (wanted.has(end.key)) seen.push(end);
    }
  const edges = new Map<string, Edge>();
  for (const end of first(seen, mostEach)) {
    const edge = toEdge(end);
    edges.set(`${edge.kind} ${edge.from}\n${edge.to}`, edge);
  }
  return [...edges.values()];
}

/** An edge as one of its ends sees it. */
type End = Pick<Neighbour, "key" | "kind" | "other" | "direction">;

/** The edges of nodes, by the nodes' ids. */
async function readFrom(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Neighbour[]>> {
  const rows = await tx.run(both, { ids });
  const found = new Map<string, Neighbour[]>();
  for (const each of z.array(row).parse(rows)) {
    const known = found.get(each.id);
    if (known === undefined) found.set(each.id, [each]);
    else known.push(each);
  }
  return found;
}

function toEdge({ key, kind, other, direction }: End): Edge {
  return direction === "out" ? { from: key, to: other, kind } : { from: other, to: key, kind };
}

function endOf({ from, to, kind }: Edge, direction: End["direction"]): End {
  return direction === "out" ? { key: from, other: to, kind, direction } : { key: to, other: from, kind, direction };
}

/** An edge is seen where both ends are, in this view's layers, and it has not ended. */
function isSeenIn(view: View): (row: Neighbour) => boolean {
  const layers = new Set(layersOf(view));
  return (each) => {
    if (!layers.has(each.otherLayer)) return false;
    if (!isSeen(view, each.layer, each.path) || !isSeen(view, each.otherLayer, each.otherPath)) return false;
    if (each.layer !== view.base || each.otherLayer !== view.base || view.ended.size === 0) return true;
    return !view.ended.has(edgeText(toEdge(each)));
  };
}

/** At most `most` of each key, kind and direction, by the other end. */
function first(rows: readonly End[], most: number): readonly End[] {
  const groups = new Map<string, End[]>();
  for (const each of rows) {
    const name = `${each.direction} ${each.kind} ${each.key}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [each]);
    else group.push(each);
  }
  return [...groups.values()].flatMap((group) => group.sort((a, b) => (a.other < b.other ? -1 : 1)).slice(0, most));
}
