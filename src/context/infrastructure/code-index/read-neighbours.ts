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
});

const directions = ["out", "in"] as const;
const patterns = { out: "-[r:DEFINES|IMPORTS|CALLS|TESTS]->", in: "<-[r:DEFINES|IMPORTS|CALLS|TESTS]-" } as const;

/**
 * The edges from and to each key. Of one kind at most 512 lead to one thing, and a file's own are as many as it names, so
 * that the rows are few whatever the repository's size; the order is made here, since it is the same for both layers.
 */
export async function readNeighbours(
  inTransaction: InTransaction,
  view: View,
  keys: readonly string[],
  mostEach: number,
): Promise<readonly Edge[]> {
  const wanted = new Set(keys);
  const ids = [...wanted].flatMap((key) => layersOf(view).map((layer) => nodeId(layer, key)));
  const found = await Promise.all(
    directions.map(async (direction) => {
      const rows = await recall(view.memory[direction], ids, (missing) =>
        inTransaction((tx) => readFrom(tx, direction, missing)),
      );
      const seen = [...rows.values()].flat().filter(isSeenIn(view, direction));
      const appeared = view.appeared.map((edge) => endOf(edge, direction)).filter(({ key }) => wanted.has(key));
      return first([...seen, ...appeared], mostEach).map((each) => toEdge(each, direction));
    }),
  );
  const edges = new Map<string, Edge>();
  for (const edge of found.flat()) edges.set(`${edge.kind} ${edge.from}\n${edge.to}`, edge);
  return [...edges.values()];
}

/** Each call is a transaction of its own. */
type InTransaction = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

type Direction = (typeof directions)[number];

/** An edge as one of its ends sees it. */
type End = Pick<Neighbour, "key" | "kind" | "other">;

/** The edges of nodes in one direction, by the nodes' ids. */
async function readFrom(
  tx: Transaction,
  direction: Direction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Neighbour[]>> {
  const rows = await tx.run(
    `UNWIND $ids AS id MATCH (n:Code {id: id})${patterns[direction]}(m:Code)
     RETURN id, n.key AS key, n.path AS path, n.layer AS layer, type(r) AS kind,
       m.key AS other, m.path AS otherPath, m.layer AS otherLayer`,
    { ids },
  );
  const found = new Map<string, Neighbour[]>();
  for (const each of z.array(row).parse(rows)) {
    const known = found.get(each.id);
    if (known === undefined) found.set(each.id, [each]);
    else known.push(each);
  }
  return found;
}

function toEdge({ key, kind, other }: End, direction: Direction): Edge {
  return direction === "out" ? { from: key, to: other, kind } : { from: other, to: key, kind };
}

function endOf({ from, to, kind }: Edge, direction: Direction): End {
  return direction === "out" ? { key: from, other: to, kind } : { key: to, other: from, kind };
}

/** An edge is seen where both ends are, in this view's layers, and it has not ended. */
function isSeenIn(view: View, direction: Direction): (row: Neighbour) => boolean {
  const layers = new Set(layersOf(view));
  return (each) => {
    if (!layers.has(each.otherLayer)) return false;
    if (!isSeen(view, each.layer, each.path) || !isSeen(view, each.otherLayer, each.otherPath)) return false;
    if (each.layer !== view.base || each.otherLayer !== view.base || view.ended.size === 0) return true;
    return !view.ended.has(edgeText(toEdge(each, direction)));
  };
}

/** At most `most` of each key and kind, by the other end. */
function first(rows: readonly End[], most: number): readonly End[] {
  const groups = new Map<string, End[]>();
  for (const each of rows) {
    const name = `${each.kind} ${each.key}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [each]);
    else group.push(each);
  }
  return [...groups.values()].flatMap((group) => group.sort((a, b) => (a.other < b.other ? -1 : 1)).slice(0, most));
}
