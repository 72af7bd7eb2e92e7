import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { Posting, TermPostings } from "../../domain/code/code-index.ts";
import { mostRead, type WordKind, weightSteps } from "../../domain/code/posting-lists.ts";
import { rarestTerms } from "../../domain/code/term-scores.ts";
import { isKeyIn } from "../../domain/code/tree-difference.ts";
import { keysAtOnce, keysId, listId } from "./layer-ids.ts";
import { recall, type StoredList } from "./layer-memory.ts";
import { unpackPostings } from "./packed-postings.ts";
import { layersOf, type View } from "./view.ts";

const listRow = z.object({ id: z.string(), documents: z.int(), lost: z.int(), best: z.string() });
const keysRow = z.object({ id: z.string(), keys: z.string() });
const keyList = z.array(z.string());

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
  const chosen = choose(counts);
  const parts = chosen.map((word) =>
    (found.get(word) ?? []).flatMap(({ layer, list }): readonly Part[] =>
      list === undefined ? [] : [{ layer, list, most: read + lostOf(word) }],
    ),
  );
  const postingsOf = await readParts(tx, view, parts.flat());
  return new Map(
    chosen.map((word, at) => {
      const best = seenOf(view, parts[at] ?? [], postingsOf).slice(0, read);
      return [word, { documents: counts.get(word) ?? 0, best }];
    }),
  );
}

/** The first so many of a list. */
type Part = { readonly layer: string; readonly list: StoredList; readonly most: number };

const partId = ({ list, most }: Part): string => `${most} ${list.id}`;

type PostingsOf = (part: Part) => readonly Posting[];

const heaviestFirst = (a: Posting, b: Posting): number => b.weight - a.weight || (a.key < b.key ? -1 : 1);

/** What is not remembered of these parts is unpacked; keys are read in the groups that they are stored in, each once. */
async function readParts(tx: Transaction, { memory }: View, parts: readonly Part[]): Promise<PostingsOf> {
  const known = new Map<string, readonly Posting[]>();
  const missing = parts.flatMap((part) => {
    const postings = memory.postings.get(partId(part));
    if (postings === undefined) return [{ part, held: unpackPostings(part.list.best, part.most) }];
    known.set(partId(part), postings);
    return [];
  });
  const groupOf = (layer: string, document: number): string => keysId(layer, Math.floor(document / keysAtOnce));
  const wanted = missing.flatMap(({ part, held }) => held.map(({ document }) => groupOf(part.layer, document)));
  const groups = await recall(memory.keys, wanted, (ids) => readKeys(tx, ids));
  for (const { part, held } of missing) {
    const postings = held.flatMap(({ document, weight }): readonly Posting[] => {
      const key = groups.get(groupOf(part.layer, document))?.[document % keysAtOnce];
      return key === undefined ? [] : [{ key, weight: weight / weightSteps }];
    });
    known.set(partId(part), postings.sort(heaviestFirst));
    memory.postings.set(partId(part), postings);
  }
  return (part) => known.get(partId(part)) ?? [];
}

/** Postings of what is seen, in the order of weight and key. */
function seenOf({ base, masked }: View, parts: readonly Part[], postingsOf: PostingsOf): readonly Posting[] {
  const seen = parts.map((part) => {
    const postings = postingsOf(part);
    return part.layer === base && masked.size > 0 ? postings.filter(({ key }) => !isMaskedKey(masked, key)) : postings;
  });
  const [only] = seen;
  return seen.length === 1 && only !== undefined ? only : seen.flat().sort(heaviestFirst);
}

/** A key is a path, or a symbol's. */
function isMaskedKey(masked: ReadonlySet<string>, key: string): boolean {
  return masked.has(key) || isKeyIn(masked, key);
}

async function readKeys(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await tx.run("UNWIND $ids AS id MATCH (k:CodeKeys {id: id}) RETURN k.id AS id, k.keys AS keys", { ids });
  return new Map(
    z
      .array(keysRow)
      .parse(rows)
      .map(({ id, keys }) => [id, keyList.parse(JSON.parse(keys))]),
  );
}
