import { UserError } from "../../../kernel/errors.ts";
import { writeCursor } from "../../domain/access/cursor.ts";
import type { EntityQuery } from "../../domain/access/entity-query.ts";
import { type AskedOf, attemptRead, type ReadBeside, readNothing } from "./attempt-read.ts";
import type { FoundRows, ReadEntitiesDeps } from "./ports.ts";

/** One page. */
export type EntityPage = {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The ids of the nodes that the rows were read from, in their order. */
  readonly provenance: readonly string[];
  /** How many there are on all pages; null where it was not asked for. */
  readonly total: number | null;
  /** Where the next page begins; null after the last one. */
  readonly next: string | null;
};

/**
 * Reads what a viewer may see (DOMAIN.md §4, L3), and leaves a record of it in the same transaction.
 * @throws UserError for what the viewer may not ask; the denial's record is kept.
 */
export async function readEntities(
  deps: ReadEntitiesDeps,
  { query, ...asked }: AskedOf<EntityQuery>,
): Promise<EntityPage> {
  const [page] = await readTogether(deps, { ...asked, query: [query] });
  if (page === undefined) throw new TypeError("one query has one page");
  return page;
}

/**
 * Several queries in one transaction: a record is a write, and a transaction of its own for each would cost more than the
 * reads. One denial denies all of them.
 * @throws UserError as above
 */
export async function readTogether(
  deps: ReadEntitiesDeps,
  asked: AskedOf<readonly EntityQuery[]>,
): Promise<readonly EntityPage[]> {
  const { pages } = await readTogetherWith(deps, asked, readNothing);
  return pages;
}

/**
 * The same with something else that is read in that transaction, unless one is denied.
 * @throws UserError as above
 */
export async function readTogetherWith<T>(
  deps: ReadEntitiesDeps,
  asked: AskedOf<readonly EntityQuery[]>,
  beside: ReadBeside<T>,
): Promise<{ readonly pages: readonly EntityPage[]; readonly beside: T }> {
  const attempt = await attemptRead(deps, asked, beside);
  if (attempt.kind === "denied") {
    const { reason, rule, next } = attempt.refusal;
    throw new UserError(reason, rule, next);
  }
  return { pages: attempt.found.map(({ query, ...found }) => toPage(query, found)), beside: attempt.beside };
}

function toPage({ order, limit }: EntityQuery, { rows, total }: FoundRows): EntityPage {
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    rows: rows.map(({ values }) => values),
    provenance: rows.map(({ id }) => id),
    total,
    next: last === undefined ? null : writeCursor(order?.field ?? "id", last),
  };
}
