import type { Properties } from "../../kernel/changed-properties.ts";
import type { Transaction } from "../../kernel/transaction.ts";

/** Makes a node where there is none with that id; true when it was made. */
export async function createOnce(
  tx: Transaction,
  label: "Deliberation" | "TokenAllowance",
  id: string,
  properties: Properties,
): Promise<boolean> {
  const rows = await tx.run(
    `MERGE (n:${label} {id: $id})
     ON CREATE SET n += $properties, n.fresh = true
     WITH n, n.fresh IS NOT NULL AS created
     REMOVE n.fresh
     RETURN created`,
    { id, properties },
  );
  return rows[0]?.["created"] === true;
}
