import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { CodeEntry } from "../../domain/code/code-index.ts";
import { nodeId } from "./layer-ids.ts";
import { recall } from "./layer-memory.ts";
import { readLists } from "./read-postings.ts";
import { storedKind } from "./stored-facts.ts";
import { isSeen, layersOf, type View } from "./view.ts";

const nodeRow = z.object({
  id: z.string(),
  key: z.string(),
  path: z.string(),
  blob: z.string(),
  layer: z.string(),
  test: z.boolean(),
  name: z.string().nullish(),
  kind: storedKind.nullish(),
  parent: z
    .string()
    .nullish()
    .transform((parent) => parent ?? null),
  from: z.int().nullish(),
  to: z.int().nullish(),
  signatureTo: z.int().nullish(),
});

/** What is there under these keys. */
export async function readEntries(
  tx: Transaction,
  view: View,
  keys: readonly string[],
): Promise<ReadonlyMap<string, CodeEntry>> {
  const { memory } = view;
  const layers = layersOf(view);
  const entries = new Map<string, CodeEntry>();
  /** Takes the entry of a key that is seen, if there is one. False: whether there is one is not remembered. */
  const take = (key: string, known: (id: string) => CodeEntry | null | undefined): boolean => {
    for (const layer of layers) {
      const entry = known(nodeId(layer, key));
      if (entry === undefined) return false;
      if (entry === null || !isSeen(view, layer, entry.path)) continue;
      entries.set(key, entry);
      return true;
    }
    return true;
  };
  // Without a place in the order of use, which for hundreds takes longer than to read a few of them again one day.
  const missing = [...new Set(keys)].filter((key) => !take(key, (id) => memory.entries.peek(id)?.node));
  if (missing.length === 0) return entries;
  const ids = missing.flatMap((key) => layers.map((layer) => nodeId(layer, key)));
  const found = await recall(memory.entries, ids, (unknown) => readNodes(tx, view, unknown));
  for (const key of missing) take(key, (id) => found.get(id) ?? null);
  return entries;
}

async function readNodes(
  tx: Transaction,
  { memory }: View,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CodeEntry>> {
  const rows = await tx.run(
    `UNWIND $ids AS id MATCH (n:Code {id: id})
     RETURN n.id AS id, n.key AS key, n.path AS path, n.blob AS blob, n.layer AS layer, n.test AS test, n.name AS name,
       n.kind AS kind, n.parent AS parent, n.from AS from, n.to AS to, n.signatureTo AS signatureTo`,
    { ids },
  );
  const nodes = z.array(nodeRow).parse(rows);
  // The texts of what is chosen are asked for by their blobs next.
  for (const { layer, path, blob } of nodes) memory.blobs.set(nodeId(layer, path), { node: blob });
  return new Map(nodes.map((row) => [row.id, toEntry(row)]));
}

function toEntry(row: z.infer<typeof nodeRow>): CodeEntry {
  const { key, path, test, name, kind, parent, from, to, signatureTo } = row;
  const isSymbol = name != null && kind != null && from != null && to != null && signatureTo != null;
  return { key, path, test, symbol: isSymbol ? { name, kind, parent, from, to, signatureTo } : null };
}

/** What bears one of these names; a name that more things bear than `most` says nothing of which is meant. */
export async function readNamed(
  tx: Transaction,
  view: View,
  names: readonly string[],
  most: number,
): Promise<readonly CodeEntry[]> {
  const choose = (counts: ReadonlyMap<string, number>): readonly string[] =>
    [...counts].filter(([, documents]) => documents > 0 && documents <= most).map(([name]) => name);
  const lists = await readLists(tx, view, { kind: "name", words: names, most, choose });
  const keys = [...lists.values()].flatMap(({ best }) => best);
  const entries = await readEntries(
    tx,
    view,
    keys.map(({ key }) => key),
  );
  return [...entries.values()];
}
