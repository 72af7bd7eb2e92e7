import type { Transaction } from "../../kernel/transaction.ts";
import { identifierOf } from "./identifier.ts";

/**
 * Takes the write lock on one node until the transaction ends, and says whether the node exists. What is loaded after it
 * cannot change before the save, so load, decide and save are one step. Nothing of it stays on the node.
 */
export async function lockNode(tx: Transaction, label: string, id: string): Promise<boolean> {
  // Written before it is removed: on a store that never had this property Neo4j skips the removal, and takes no lock.
  const rows = await tx.run(
    `MATCH (n:${identifierOf(label)} {id: $id}) SET n._lock = true REMOVE n._lock RETURN count(n) AS found`,
    { id },
  );
  return rows[0]?.["found"] === 1;
}
