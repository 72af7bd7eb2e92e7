import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { Posting, TermPostings } from "../../domain/code/code-index.ts";
import { mostRead, type WordKind, weightSteps } from "../../domain/code/posting-lists.ts";
import { rarestTerms } from "../../domain/code/term-scores.ts";
import { keysAtOnce, keysId, listId } from "./layer-ids.ts";
import { recall } from "./layer-memory.ts";
import { unpackPostings } from "./packed-postings.ts";
import { layersOf, type View } from "./view.ts";

const listRow = z.object({ id: z.string(), documents: z.int(), lost: z.int(), best: z.string() });
const keysRow = z.object({ id: z.string(), keys: z.string() });
const keyList = z.array(z.string());

type Held = { readonly layer: string; readonly document: number; readonly weight: number };

/** The best documents of the rarest terms in a view: the base's that are not masked, and the overlay's. */
export function readPostings(
  tx: Transaction,
  view: View,
  terms: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, TermPostings>> {
  return readLists(tx, view, { kind: "term", words: terms, most, choose: rarestTerms });
}

export type ListsAsked = {
  readonly kind: WordKind;
  readonly words: readonly string[];
  /** Documents of each. */
  readonly most: number;
  /** Whose documents are looked at, by how many documents each word has. */
  readonly choose: (counts: ReadonlyMap<string, number>) => readonly string[];
};

export async function readLists(
  tx: Transaction,
  view: View,
  { kind, words, most, choose }: ListsAsked,
): Promise<ReadonlyMap<string, TermPostings>> {
  const wanted = [...new Set(words)];
  const layers = layersOf(view);
  const lists = await recall(
    view.memory.lists,
    wanted.flatMap((word) => layers.map((layer) => listId(layer, kind, word))),
    async (ids) => {
      const rows = await tx.run(
        "UNWIND $ids AS id MATCH (t:Term {id: id}) RETURN t.id AS id, t.documents AS documents, t.lost AS lost, t.best AS best",
        { ids },
      );
      return new Map(
        z
          .array(listRow)
          .parse(rows)
          .map((list) => [list.id, list]),
      );
    },
  );
  const read = Math.min(most, mostRead);
  const found = new Map(
    wanted.map((word) => [word, layers.map((layer) => ({ layer, list: lists.get(listId(layer, kind, word)) }))]),
  );
  const lostOf = (word: string) => (found.get(word) ?? []).reduce((sum, { list }) => sum + (list?.lost ?? 0), 0);
  const counts = new Map(
    [...found].map(([word, own]) => [
      word,
      own.reduce((sum, { list }) => sum + (list?.documents ?? 0), 0) - lostOf(word),
    ]),
  );
  const held = choose(counts).map((word) => {
    const best = (found.get(word) ?? []).flatMap(({ layer, list }) =>
      unpackPostings(list?.best ?? "", read + lostOf(word)).map((each): Held => ({ layer, ...each })),
    );
    return { word, documents: counts.get(word) ?? 0, best };
  });
  const keyOf = await readKeys(
    tx,
    view,
    held.flatMap(({ best }) => best),
  );
  return new Map(
    held.map(({ word, documents, best }) => [word, { documents, best: seenOf(view, best, keyOf).slice(0, read) }]),
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
async function readKeys(tx: Transaction, { memory }: View, held: readonly Held[]): Promise<KeyOf> {
  const groupOf = ({ layer, document }: Held): string => keysId(layer, Math.floor(document / keysAtOnce));
  const groups = await recall(memory.keys, held.map(groupOf), async (ids) => {
    const rows = await tx.run("UNWIND $ids AS id MATCH (k:CodeKeys {id: id}) RETURN k.id AS id, k.keys AS keys", {
      ids,
    });
    return new Map(
      z
        .array(keysRow)
        .parse(rows)
        .map(({ id, keys }) => [id, keyList.parse(JSON.parse(keys))]),
    );
  });
  return (each) => groups.get(groupOf(each))?.[each.document % keysAtOnce];
}
