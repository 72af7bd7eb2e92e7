import { UserError } from "../../../kernel/errors.ts";
import type { Entity } from "../../domain/access/entities.ts";
import type { AskedOf } from "./attempt-read.ts";
import type { ReadEntitiesDeps } from "./ports.ts";
import { readEntities } from "./read-entities.ts";

export type OneEntity = { readonly entity: Entity; readonly id: string; readonly fields: readonly string[] };

/**
 * Reads one entity by its id. What is not there, what is another installation's and what the viewer does not see get one
 * answer, after one and the same statement.
 * @throws UserError for all of them, and for what may not be asked
 */
export async function readEntity(
  deps: ReadEntitiesDeps,
  { query, ...asked }: AskedOf<OneEntity>,
): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await readEntities(deps, { ...asked, query: { ...query, limit: 1 } });
  const [row] = rows;
  if (row !== undefined) return row;
  throw new UserError(
    "not-found",
    `There is no such ${query.entity} here that the role ${asked.viewer.role} sees.`,
    "Look at the id, or ask in a role that sees it.",
  );
}
