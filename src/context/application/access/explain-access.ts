import { UserError } from "../../../kernel/errors.ts";
import type { Entity } from "../../domain/access/entities.ts";
import type { EntityQuery } from "../../domain/access/entity-query.ts";
import { type WhyNot, whyNot } from "../../domain/access/why-not.ts";
import { type AskedOf, attemptRead, readNothing } from "./attempt-read.ts";
import type { ReadEntitiesDeps } from "./ports.ts";

export type AccessQuestion = {
  readonly entity: Entity;
  /** Of the viewer's story a decision may be named as people name it, too: `D3`. */
  readonly id: string;
  /** A field of it; null for the row as such. */
  readonly field: string | null;
};

/**
 * Why a viewer does not see an entity or a field of it, as the rule in words; null where it is seen. It is recorded like
 * every access, and tells no more than reading would.
 * @throws UserError for a field that there is not, and for who holds not the role
 */
export async function explainAccess(
  deps: ReadEntitiesDeps,
  { query: { entity, id, field }, ...asked }: AskedOf<AccessQuestion>,
): Promise<WhyNot | null> {
  const fields = field === null ? ["id"] : ["id", field];
  const attempt = await attemptRead(
    deps,
    { ...asked, query: [{ entity, ...which(entity, id), fields, limit: 1 }] },
    readNothing,
  );
  if (attempt.kind === "read" && attempt.found.some(({ rows }) => rows.length > 0)) return null;
  if (attempt.kind === "denied" && attempt.refusal.reason !== "not-visible") {
    const { reason, rule, next } = attempt.refusal;
    throw new UserError(reason, rule, next);
  }
  return whyNot(asked.viewer, entity, field);
}

function which(entity: Entity, id: string): Pick<EntityQuery, "id" | "filter"> {
  const [, number] = (entity === "decision" ? /^D(\d{1,9})$/i.exec(id) : null) ?? [];
  return number === undefined ? { id } : { filter: [{ field: "number", test: "is", value: Number(number) }] };
}
