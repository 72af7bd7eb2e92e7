import type { Position } from "./entity-query.ts";

/**
 * The end of a page as text for the next query. It holds nothing but what its reader saw: the value that orders, which is
 * of a field that the role may see, and the id.
 */
export function writeCursor(orderField: string, { key, id }: Position): string {
  return Buffer.from(JSON.stringify([orderField, key, id])).toString("base64url");
}

/** The position that a cursor names; null where it is none of a query in this order. */
export function readCursor(orderField: string, cursor: string): Position | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (!Array.isArray(read) || read.length !== 3) return null;
    const [field, key, id]: unknown[] = read;
    const isKey = typeof key === "string" || (typeof key === "number" && Number.isFinite(key));
    return field === orderField && isKey && typeof id === "string" ? { key, id } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
