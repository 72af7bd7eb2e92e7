import { PermanentError } from "../../kernel/errors.ts";
import type { GraphRow } from "../../kernel/transaction.ts";

/**
 * The rows as they are, once it is sure that they hold only scalars, lists and maps. Nodes, relationships and times look
 * different on each engine: a query that returns one gets a `PermanentError`, so that nobody comes to rely on it.
 */
export function plainRows(rows: readonly GraphRow[]): readonly GraphRow[] {
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (!isPlain(value)) {
        throw new PermanentError(
          `The column ${name} is not a scalar, a list or a map: return n {.*} instead of n, and times as numbers or strings.`,
        );
      }
    }
  }
  return rows;
}

function isPlain(value: unknown): boolean {
  if (typeof value === "bigint") return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  // The embedded engine returns a node or a relationship as a map with these keys.
  if (Object.hasOwn(value, "_id") && (Object.hasOwn(value, "_labels") || Object.hasOwn(value, "_type"))) return false;
  return Object.values(value).every(isPlain);
}
