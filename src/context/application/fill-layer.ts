import type { CodeFile } from "../domain/code/code-graph.ts";
import type { IndexedFile } from "../domain/code/index-file.ts";
import { createPostingLists } from "../domain/code/posting-lists.ts";
import type { LeftOutFile } from "../domain/code/tree-difference.ts";
import type { CodeNode, LayerList, LayerWriter } from "./code-index-ports.ts";
import type { ReadIndexed } from "./read-indexed-files.ts";

/** So many rows go into one statement. */
export const rowsAtOnce = 1_000;

/** Fills a layer with files as they are read; what is in memory of them is their facts and the lists of their words. */
export function createLayerFiller(writer: LayerWriter) {
  const lists = createPostingLists();
  const facts: CodeFile[] = [];
  const leftOut: LeftOutFile[] = [];
  const keys = new Set<string>();
  let waiting: CodeNode[] = [];
  const flush = async (): Promise<void> => {
    const nodes = waiting;
    waiting = [];
    if (nodes.length > 0) await writer.nodes(nodes);
  };
  const add = ({ facts: file, symbols, documents }: IndexedFile): void => {
    const symbolOf = new Map(symbols.map((symbol) => [symbol.id, symbol]));
    // Numbered as keys are sorted: of documents that a word finds as well as one another, each layer puts the same one first.
    for (const document of documents.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
      // A file may be named like a symbol of another one: the first has the key.
      if (keys.has(document.key)) continue;
      const number = keys.size;
      keys.add(document.key);
      lists.add(number, document);
      const symbol = symbolOf.get(document.key);
      const shared = { number, key: document.key, blob: file.blob };
      waiting.push(symbol === undefined ? { ...shared, file, symbol: null } : { ...shared, file: null, symbol });
    }
    facts.push(file);
  };
  return {
    facts,
    leftOut,
    documents: () => keys.size,
    async add(read: ReadIndexed): Promise<void> {
      if (read.leftOut !== null) leftOut.push(read.leftOut);
      if (read.indexed !== null) add(read.indexed);
      if (waiting.length >= rowsAtOnce) await flush();
    },
    flush,
    /** The lists, with how much each loses of its base. */
    *lists(lost: LostWords): IterableIterator<LayerList> {
      const left = new Map(lost);
      for (const list of lists.lists()) {
        const word = wordKey(list);
        yield { ...list, lost: left.get(word) ?? 0 };
        left.delete(word);
      }
      for (const [key, count] of left) yield { ...wordOf(key), documents: 0, best: [], lost: count };
    },
  };
}

/** How many documents of a base with a word are masked; by `wordKey`. */
export type LostWords = ReadonlyMap<string, number>;

export function wordKey({ kind, word }: Pick<LayerList, "kind" | "word">): string {
  return `${kind}/${word}`;
}

export function wordOf(key: string): Pick<LayerList, "kind" | "word"> {
  const kind = key.startsWith("term/") ? "term" : "name";
  return { kind, word: key.slice(kind.length + 1) };
}

/** Rows in as many calls as it takes. */
export async function inBatches<T>(rows: Iterable<T>, write: (batch: readonly T[]) => Promise<void>): Promise<void> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < rowsAtOnce) continue;
    await write(batch);
    batch = [];
  }
  if (batch.length > 0) await write(batch);
}
