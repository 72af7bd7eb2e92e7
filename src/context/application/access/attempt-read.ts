import { type Principal, principalName } from "../../../kernel/principal.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import type { Transaction } from "../../../kernel/transaction.ts";
import { decideAccess } from "../../domain/access/decide-access.ts";
import type { AllowedQuery, EntityQuery, Viewer } from "../../domain/access/entity-query.ts";
import { queryShape } from "../../domain/access/query-shape.ts";
import type { AccessRecord, FoundRows, ReadEntitiesDeps } from "./ports.ts";

/** Who asks, why, and what. */
export type AskedOf<Q> = {
  readonly viewer: Viewer;
  /** Who asked what the viewer sees, where that is somebody else: the record is of who asked, and names the viewer. */
  readonly asker?: Principal | undefined;
  /** Why it is read, for the audit. */
  readonly purpose: string;
  readonly query: Q;
};

type Found = FoundRows & { readonly query: EntityQuery };

export type Attempt<T> =
  | { readonly kind: "read"; readonly found: readonly Found[]; readonly beside: T }
  | { readonly kind: "denied"; readonly refusal: Refusal };

/** What else is read in the transaction, which the tables of access say nothing of, and what the audit keeps of it. */
export type ReadBeside<T> = (
  tx: Transaction,
) => Promise<{ readonly read: T; readonly records: readonly BesideRecord[] }>;

type BesideRecord = Pick<AccessRecord, "entity" | "shape" | "rows" | "columns">;

export const readNothing: ReadBeside<null> = async () => ({ read: null, records: [] });

/** Reads all of the queries, or none where one is denied, and records that in the same transaction. */
export async function attemptRead<T>(
  deps: ReadEntitiesDeps,
  asked: AskedOf<readonly EntityQuery[]>,
  beside: ReadBeside<T>,
): Promise<Attempt<T>> {
  const allowed: { readonly query: EntityQuery; readonly plan: AllowedQuery }[] = [];
  for (const query of asked.query) {
    const access = decideAccess(query, asked.viewer);
    if (access.kind === "denied") {
      const denial = recordOf(asked, { ...accessTo(query, 0), columns: 0 }, access.refusal);
      await deps.graph.write((tx) => deps.recordAccesses(tx, [denial]));
      return access;
    }
    allowed.push({ query, plan: access.query });
  }
  return deps.graph.write(async (tx) => {
    // Together: none needs another's answer, and an engine over the network gets all of them in one journey.
    const [found, { read, records }] = await Promise.all([
      Promise.all(
        allowed.map(async ({ query, plan }): Promise<Found> => ({ query, ...(await deps.readRows(tx, plan)) })),
      ),
      beside(tx),
    ]);
    const accesses = [...found.map(({ query, rows }) => accessTo(query, rows.length)), ...records];
    // Last, so that whatever chains the records is held for as short as can be.
    await deps.recordAccesses(
      tx,
      accesses.map((access) => recordOf(asked, access, null)),
    );
    return { kind: "read", found, beside: read };
  });
}

function accessTo(query: EntityQuery, rows: number): BesideRecord {
  return { entity: query.entity, shape: queryShape(query), rows, columns: new Set(query.fields).size };
}

function recordOf(
  { viewer: { principal, role }, asker, purpose }: AskedOf<unknown>,
  access: BesideRecord,
  refusal: Refusal | null,
): AccessRecord {
  return {
    principal: asker ?? principal,
    role,
    purpose: asker === undefined ? purpose : `${purpose}, as ${principalName(principal)} sees it`,
    ...access,
    outcome: refusal === null ? "allowed" : "denied",
    reason: refusal === null ? null : `${refusal.reason}: ${refusal.rule}`,
  };
}
