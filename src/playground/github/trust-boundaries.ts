import type { Entry } from "./journal-entry.ts";

/** Reads one journal line. The journal is written by this program only, so its rows are taken as they are. */
export function readEntry(line: string): Entry {
  return JSON.parse(line);
}

/** A row of the journal as the type of its table: the table's name stands beside it in the journal. */
export function trustedRow<R extends { readonly id: number }>(row: { readonly id: number }): R {
  return row as R;
}
