import type { Change } from "./journal-entry.ts";
import { trustedRow } from "./trust-boundaries.ts";

/** Where a table writes its changes, and how each is undone when the transaction fails. */
export type Recorder = (change: Change, undo: () => void) => void;

/** Rows in memory by id, in the order of their ids, with one grouping (for example the issues of a repository). */
export class Table<R extends { readonly id: number }> {
  readonly name: string;
  readonly #rows = new Map<number, R>();
  readonly #groups = new Map<number, Map<number, R>>();
  readonly #groupOf: (row: R) => number;
  readonly #record: Recorder;

  constructor(name: string, record: Recorder, groupOf: (row: R) => number = () => 0) {
    this.name = name;
    this.#record = record;
    this.#groupOf = groupOf;
  }

  get(id: number | null): R | undefined {
    return id === null ? undefined : this.#rows.get(id);
  }

  /** All rows in the order in which they were made. */
  all(): IterableIterator<R> {
    return this.#rows.values();
  }

  find(matches: (row: R) => boolean): R | undefined {
    for (const row of this.#rows.values()) if (matches(row)) return row;
    return undefined;
  }

  /** The rows of one group in the order in which they were made. */
  in(group: number): R[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }

  /** How many rows a group has. */
  count(group: number): number {
    return this.#groups.get(group)?.size ?? 0;
  }

  /** The rows with these ids; ids of rows that are gone are left out. */
  pick(ids: readonly number[]): R[] {
    return ids.map((id) => this.#rows.get(id)).filter((row) => row !== undefined);
  }

  /** Adds or replaces a row; only inside a transaction of the store. */
  put(row: R): R {
    const before = this.#rows.get(row.id);
    this.#record([this.name, row], () => (before === undefined ? this.drop(row.id) : this.load(before)));
    this.load(row);
    return row;
  }

  /** Removes a row; only inside a transaction of the store. */
  remove(id: number): void {
    const before = this.#rows.get(id);
    if (before === undefined) return;
    this.#record([this.name, id], () => this.load(before));
    this.drop(id);
  }

  /** Applies a change read from the journal. */
  replay(change: { readonly id: number } | number): void {
    if (typeof change === "number") this.drop(change);
    else this.load(trustedRow<R>(change));
  }

  /** Sets a row without recording it: for reading the journal back. */
  load(row: R): void {
    this.#rows.set(row.id, row);
    const group = this.#groupOf(row);
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, new Map([[row.id, row]]));
    else members.set(row.id, row);
  }

  /** Drops a row without recording it: for reading the journal back. */
  drop(id: number): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#groups.get(this.#groupOf(row))?.delete(id);
    this.#rows.delete(id);
  }
}
