import type { Transaction } from "../../kernel/transaction.ts";

/**
 * Takes the write lock of a name until the transaction ends: of several that take it one goes on, and what it counts after
 * that cannot change before it saves. The name is a node of its own, made when it is first taken.
 */
export async function lockName(tx: Transaction, name: string): Promise<void> {
  // Written before it is removed: on a store that never had this property Neo4j skips the removal, and takes no lock.
  await tx.run("MERGE (m:Mark {id: $id}) SET m._lock = true REMOVE m._lock", { id: name });
}
