import { z } from "zod";
import { roles } from "../../kernel/roles.ts";
import type { GraphRow, Transaction } from "../../kernel/transaction.ts";
import type { AuditFilter, AuditLog } from "../application/audit-log.ts";
import { type AuditRecord, type ChainEnd, emptyChain, noInstallation } from "../domain/audit-record.ts";
import type { FoundRecord } from "../domain/follow-chain.ts";

/**
 * The audit log in the graph: `AuditRecord` nodes, which nothing changes or removes, and an `AuditChain` node for each
 * installation, which is the head that adding locks.
 */
export const graphAuditLog: AuditLog = { endForChange, append, installations, end, after, firstOdd, find };

const endRow = z.object({ sequence: z.int().nullable(), hash: z.string().nullable() });

async function endForChange(tx: Transaction, installation: number): Promise<ChainEnd> {
  // Written before it is removed: on a store that never had this property Neo4j skips the removal, and takes no lock.
  const [row] = await tx.run(
    `MERGE (c:AuditChain {id: $id}) SET c._lock = true REMOVE c._lock
     RETURN c.sequence AS sequence, c.hash AS hash`,
    { id: String(installation) },
  );
  return toEnd(row);
}

async function append(tx: Transaction, installation: number, records: readonly AuditRecord[]): Promise<void> {
  const last = records.at(-1);
  if (last === undefined) return;
  await tx.run(
    `MATCH (c:AuditChain {id: $id}) SET c.sequence = $sequence, c.hash = $hash
     WITH c UNWIND $records AS record
     CREATE (r:AuditRecord) SET r += record`,
    { id: String(installation), sequence: last.sequence, hash: last.hash, records },
  );
}

async function installations(tx: Transaction): Promise<readonly number[]> {
  const heads = await tx.run("MATCH (c:AuditChain) RETURN c.id AS installation");
  const recorded = await tx.run("MATCH (r:AuditRecord) RETURN DISTINCT r.installation AS installation");
  const found = [
    ...heads.map(({ installation }) => (/^\d+$/.test(String(installation)) ? Number(installation) : noInstallation)),
    ...recorded.map(({ installation }) => z.int().safeParse(installation).data ?? noInstallation),
  ];
  return [...new Set(found)].sort((a, b) => a - b);
}

const placeRow = z.object({ place: z.number().nullable() });

async function firstOdd(tx: Transaction, installation: number): Promise<number | null> {
  // Nobody writes one there.
  if (installation === noInstallation) return 1;
  const [row] = await tx.run(
    // A place is a number that its record is named by: one engine takes '3' for a number as well, and NaN for the largest.
    `MATCH (r:AuditRecord {installation: $installation})
     WITH r.sequence AS sequence, count(r) AS taken, min(r.id) AS id
     WITH sequence, taken, CASE WHEN coalesce(sequence >= 1 AND sequence <= $last, false)
       THEN coalesce(id = $of + toString(sequence), false) ELSE false END AS isPlace
     WHERE taken > 1 OR NOT isPlace
     RETURN CASE WHEN isPlace OR coalesce(sequence < 1, false) THEN toFloat(sequence) END AS place
     ORDER BY place LIMIT 1`,
    { installation, of: `${installation}-`, last: Number.MAX_SAFE_INTEGER },
  );
  return row === undefined ? null : (placeRow.parse(row).place ?? Number.POSITIVE_INFINITY);
}

async function end(tx: Transaction, installation: number): Promise<ChainEnd> {
  const [row] = await tx.run("MATCH (c:AuditChain {id: $id}) RETURN c.sequence AS sequence, c.hash AS hash", {
    id: String(installation),
  });
  return toEnd(row);
}

function toEnd(row: GraphRow | undefined): ChainEnd {
  const { sequence, hash } = row === undefined ? { sequence: null, hash: null } : endRow.parse(row);
  return sequence === null || hash === null ? emptyChain : { sequence, hash };
}

const orNull = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

/** Strict: a property that no record has was added by somebody else. */
const recordRow = z.strictObject({
  id: z.string(),
  sequence: z.int(),
  previous: z.string(),
  hash: z.string(),
  at: z.string(),
  installation: z.int(),
  repository: orNull(z.int()),
  story: orNull(z.string()),
  task: orNull(z.string()),
  principal: z.string(),
  name: z.string(),
  role: orNull(z.enum(roles)),
  action: z.string(),
  outcome: z.enum(["allowed", "denied"]),
  detail: z.string(),
});

async function after(
  tx: Transaction,
  installation: number,
  sequence: number,
  most: number,
): Promise<readonly FoundRecord[]> {
  const rows = await tx.run(
    // The order and the limit come before the maps: those of all records would be made first, and most thrown away.
    `MATCH (r:AuditRecord {installation: $installation}) WITH r WHERE r.sequence > $sequence
     WITH r ORDER BY r.sequence, r.id LIMIT $most
     RETURN r.sequence AS sequence, r.id AS id, r {.*} AS record ORDER BY sequence, id`,
    { installation, sequence, most },
  );
  return rows.map((row) => recordRow.safeParse(row["record"]).data ?? null);
}

async function find(tx: Transaction, { story, principal, limit }: AuditFilter): Promise<readonly AuditRecord[]> {
  const rows = await tx.run(
    `MATCH (r:AuditRecord${story === undefined ? "" : " {story: $story}"})
     ${principal === undefined ? "" : "WITH r WHERE r.principal = $principal OR r.name = $principal"}
     RETURN r {.*} AS record ORDER BY r.at DESC, r.installation, r.sequence DESC LIMIT $limit`,
    { story: story ?? null, principal: principal ?? null, limit },
  );
  // What is no record of the log's is for `fleet audit verify` to tell of.
  return rows.flatMap((row) => recordRow.safeParse(row["record"]).data ?? []);
}
