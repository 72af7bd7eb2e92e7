import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { CodeEntry } from "../../domain/code/code-index.ts";
import { nodeId } from "./layer-ids.ts";
import { readLists } from "./read-postings.ts";
import { readHistories } from "./read-together.ts";
import { storedKind } from "./stored-facts.ts";
import { isSeen, layersOf, type View } from "./view.ts";

const shared = { layer: z.string(), key: z.string(), path: z.string(), blob: z.string(), test: z.boolean() };
const nodeRow = z.object({
  ...shared,
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
  const wanted = [...new Set(keys)];
  const rows = await tx.run(
    `UNWIND $ids AS id MATCH (n:Code {id: id})
     RETURN n.layer AS layer, n.key AS key, n.path AS path, n.blob AS blob, n.test AS test, n.name AS name,
       n.kind AS kind, n.parent AS parent, n.from AS from, n.to AS to, n.signatureTo AS signatureTo`,
    { ids: layersOf(view).flatMap((layer) => wanted.map((key) => nodeId(layer, key))) },
  );
  const seen = z
    .array(nodeRow)
    .parse(rows)
    .filter(({ layer, path }) => isSeen(view, layer, path));
  const histories = await readHistories(tx, view, [...new Set(seen.map(({ path }) => path))]);
  const entries = new Map(seen.map((row) => [row.key, toEntry(row, histories.get(row.path)?.changes ?? 0)] as const));
  return new Map(wanted.flatMap((key) => (entries.has(key) ? [[key, entries.get(key)] as const] : [])).filter(isFound));
}

function isFound(each: readonly [string, CodeEntry | undefined]): each is readonly [string, CodeEntry] {
  return each[1] !== undefined;
}

function toEntry(row: z.infer<typeof nodeRow>, changes: number): CodeEntry {
  const { key, path, blob, test, name, kind, parent, from, to, signatureTo } = row;
  const isSymbol = name != null && kind != null && from != null && to != null && signatureTo != null;
  return { key, path, blob, test, changes, symbol: isSymbol ? { name, kind, parent, from, to, signatureTo } : null };
}

/** What bears one of these names; a name that more things bear than `most` says nothing of which is meant. */
export async function readNamed(
  tx: Transaction,
  view: View,
  names: readonly string[],
  most: number,
): Promise<readonly CodeEntry[]> {
  const lists = await readLists(tx, view, "name", names, most + 1);
  const keys = [...lists.values()].filter(({ documents }) => documents <= most).flatMap(({ best }) => best);
  const entries = await readEntries(
    tx,
    view,
    keys.map(({ key }) => key),
  );
  return [...entries.values()];
}
