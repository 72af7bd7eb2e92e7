import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { Posting, TermPostings } from "../../domain/code/code-index.ts";
import { mostRead, type WordKind, weightSteps } from "../../domain/code/posting-lists.ts";
import { keysAtOnce, keysId, listId } from "./layer-ids.ts";
import { unpackPostings } from "./packed-postings.ts";
import { layersOf, type View } from "./view.ts";

const listRow = z.object({ id: z.string(), documents: z.int(), lost: z.int(), best: z.string() });
const keysRow = z.object({ id: z.string(), keys: z.string() });
const keyList = z.array(z.string());

type Held = { readonly layer: string; readonly document: number; readonly weight: number };

/** The best documents of each term in a view: the base's that are not masked, and the overlay's. */
export function readPostings(
  tx: Transaction,
  view: View,
  terms: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, TermPostings>> {
  return readLists(tx, view, "term", terms, most);
}

export async function readLists(
  tx: Transaction,
  view: View,
  kind: WordKind,
  words: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, TermPostings>> {
  const wanted = [...new Set(words)];
  const layers = layersOf(view);
  const rows = await tx.run(
    "UNWIND $ids AS id MATCH (t:Term {id: id}) RETURN t.id AS id, t.documents AS documents, t.lost AS lost, t.best AS best",
    { ids: wanted.flatMap((word) => layers.map((layer) => listId(layer, kind, word))) },
  );
  const lists = new Map(
    z
      .array(listRow)
      .parse(rows)
      .map((list) => [list.id, list]),
  );
  const read = Math.min(most, mostRead);
  const held = wanted.map((word) => {
    const found = layers.map((layer) => ({ layer, list: lists.get(listId(layer, kind, word)) }));
    const lost = found.reduce((sum, { list }) => sum + (list?.lost ?? 0), 0);
    const documents = found.reduce((sum, { list }) => sum + (list?.documents ?? 0), 0) - lost;
    const best = found.flatMap(({ layer, list }) =>
      unpackPostings(list?.best ?? "", read + lost).map((each): Held => ({ layer, ...each })),
    );
    return { word, documents, best };
  });
  const keyOf = await readKeys(
    tx,
    view,
    held.flatMap(({ best }) => best),
  );
  return new Map(
    held
      .filter(({ documents }) => documents > 0)
      .map(({ word, documents, best }) => [word, { documents, best: seenOf(view, best, keyOf).slice(0, read) }]),
  );
}

type KeyOf = (held: Held) => string | undefined;

/** Postings of what is seen, in the order of weight and key. */
function seenOf(view: View, held: readonly Held[], keyOf: KeyOf): readonly Posting[] {
  return held
    .flatMap((each) => {
      const key = keyOf(each);
      const isMasked = each.layer === view.base && (key === undefined || isMaskedKey(view.masked, key));
      return key === undefined || isMasked ? [] : [{ key, weight: each.weight / weightSteps }];
    })
    .sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
}

/** A key is a path, or begins with one and `#`; a path may hold one itself. */
function isMaskedKey(masked: ReadonlySet<string>, key: string): boolean {
  if (masked.size === 0) return false;
  if (masked.has(key)) return true;
  for (let at = key.indexOf("#"); at !== -1; at = key.indexOf("#", at + 1))
    if (masked.has(key.slice(0, at))) return true;
  return false;
}

/** Keys are read in the groups that they are stored in, each once. */
async function readKeys(tx: Transaction, { keys }: View, held: readonly Held[]): Promise<KeyOf> {
  const groupOf = ({ layer, document }: Held): string => keysId(layer, Math.floor(document / keysAtOnce));
  const groups = new Map<string, readonly string[]>();
  const missing = new Set<string>();
  for (const id of new Set(held.map(groupOf))) {
    const known = keys.get(id);
    if (known === undefined) missing.add(id);
    else groups.set(id, known);
  }
  const rows = await tx.run("UNWIND $ids AS id MATCH (k:CodeKeys {id: id}) RETURN k.id AS id, k.keys AS keys", {
    ids: [...missing],
  });
  for (const { id, keys: text } of z.array(keysRow).parse(rows)) {
    const group = keyList.parse(JSON.parse(text));
    keys.set(id, group);
    groups.set(id, group);
  }
  return (each) => groups.get(groupOf(each))?.[each.document % keysAtOnce];
}
