import type { Refusal } from "../../../kernel/refusal.ts";
import { decideAccess } from "../../domain/access/decide-access.ts";
import type { AllowedQuery, EntityQuery, Viewer } from "../../domain/access/entity-query.ts";
import { queryShape } from "../../domain/access/query-shape.ts";
import type { AccessRecord, FoundRows, ReadEntitiesDeps } from "./ports.ts";

/** Who asks, why, and what. */
export type AskedOf<Q> = {
  readonly viewer: Viewer;
  /** Why it is read, for the audit. */
  readonly purpose: string;
  readonly query: Q;
};

export type Attempt =
  | { readonly kind: "read"; readonly found: readonly (FoundRows & { readonly query: EntityQuery })[] }
  | { readonly kind: "denied"; readonly refusal: Refusal };

/** Reads all of the queries, or none where one is denied, and records that in the same transaction. */
export async function attemptRead(deps: ReadEntitiesDeps, asked: AskedOf<readonly EntityQuery[]>): Promise<Attempt> {
  const allowed: { readonly query: EntityQuery; readonly plan: AllowedQuery }[] = [];
  for (const query of asked.query) {
    const access = decideAccess(query, asked.viewer);
    if (access.kind === "denied") {
      const denial = recordOf(asked, query, { rows: 0, refusal: access.refusal });
      await deps.graph.write((tx) => deps.recordAccess(tx, denial));
      return access;
    }
    allowed.push({ query, plan: access.query });
  }
  return deps.graph.write(async (tx) => {
    const found: (FoundRows & { readonly query: EntityQuery })[] = [];
    for (const { query, plan } of allowed) found.push({ query, ...(await deps.readRows(tx, plan)) });
    // Last, so that whatever chains the records is held for as short as can be.
    for (const { query, rows } of found) {
      await deps.recordAccess(tx, recordOf(asked, query, { rows: rows.length, refusal: null }));
    }
    return { kind: "read", found };
  });
}

function recordOf(
  { viewer: { principal, role }, purpose }: AskedOf<unknown>,
  query: EntityQuery,
  { rows, refusal }: { readonly rows: number; readonly refusal: Refusal | null },
): AccessRecord {
  return {
    principal,
    role,
    purpose,
    entity: query.entity,
    shape: queryShape(query),
    rows,
    columns: refusal === null ? new Set(query.fields).size : 0,
    outcome: refusal === null ? "allowed" : "denied",
    reason: refusal === null ? null : `${refusal.reason}: ${refusal.rule}`,
  };
}
