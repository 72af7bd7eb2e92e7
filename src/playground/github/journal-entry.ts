/** One line of the journal: a row that was put, or the id of a row that was removed. */
export type Change = readonly [table: string, change: { readonly id: number } | number];

/** One committed transaction: the next free id and the changes. */
export interface Entry {
  readonly next: number;
  readonly changes: readonly Change[];
}
