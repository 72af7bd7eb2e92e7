/** A document that words find: by its terms, with how much it is about each, and by its name. */
export type ListedDocument = {
  readonly key: string;
  readonly name: string;
  readonly terms: ReadonlyMap<string, number>;
};

/** What a list is of: a term of texts, or a whole name. */
export type WordKind = "term" | "name";

/** A document by its number in its layer, with its weight in steps of 1/10,000. */
export type Held = { readonly document: number; readonly weight: number };

/** The documents that one word finds: how many there are, and the best of them, heaviest first and then by number. */
export type PostingList = {
  readonly kind: WordKind;
  readonly word: string;
  readonly documents: number;
  readonly best: readonly Held[];
};

export type PostingLists = {
  add(document: number, listed: ListedDocument): void;
  lists(): IterableIterator<PostingList>;
};

/** A list keeps so many documents, and an answer reads half of them, so that a layer above may take the other half away. */
export const mostKept = 1_024;
export const mostRead = mostKept / 2;

/** Weights are stored as whole numbers of this step, and compared so: an order is the same wherever it is made. */
export const weightSteps = 10_000;

type Row = { documents: number; held: number[] };

/** A weight and a number as one double that sorts as the list does: memory is 8 bytes for each, and bounded for each word. */
const numbers = 2 ** 31;
const heaviest = 2 ** 20;

/** Collects the words of documents. Of each word only the best documents are kept, whatever the number of documents. */
export function createPostingLists(): PostingLists {
  const rows: Readonly<Record<WordKind, Map<string, Row>>> = { term: new Map(), name: new Map() };
  const add = (kind: WordKind, word: string, document: number, weight: number): void => {
    const held = Math.min(heaviest, Math.max(1, Math.round(weight * weightSteps))) * numbers + (numbers - 1 - document);
    const row = rows[kind].get(word);
    if (row === undefined) rows[kind].set(word, { documents: 1, held: [held] });
    else {
      row.documents += 1;
      row.held.push(held);
      if (row.held.length >= 2 * mostKept) row.held = best(row.held);
    }
  };
  return {
    add(document, { name, terms }) {
      add("name", name, document, 1);
      for (const [term, weight] of terms) add("term", term, document, weight);
    },
    *lists() {
      for (const kind of ["term", "name"] as const)
        for (const [word, { documents, held }] of rows[kind])
          yield { kind, word, documents, best: best(held).map(unpack) };
    },
  };
}

function best(held: readonly number[]): number[] {
  return [...held].sort((a, b) => b - a).slice(0, mostKept);
}

function unpack(held: number): Held {
  return { document: numbers - 1 - (held % numbers), weight: Math.floor(held / numbers) };
}
