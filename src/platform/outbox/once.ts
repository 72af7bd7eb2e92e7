import type { Transaction } from "../../kernel/transaction.ts";

/**
 * The inbox: true if this consumer sees the event for the first time, and records that in the same transaction as its
 * own change, so that an event that arrives twice has its effect once (DOMAIN.md §6). False if it was done before. Of two
 * that handle it at the same time, the second waits for the first one's commit.
 */
export async function once(tx: Transaction, consumer: string, eventId: string): Promise<boolean> {
  const rows = await tx.run(
    `MERGE (i:Inbox {id: $id})
     ON CREATE SET i.fresh = true
     WITH i, i.fresh IS NOT NULL AS first
     REMOVE i.fresh
     RETURN first`,
    { id: `${consumer}/${eventId}` },
  );
  return rows[0]?.["first"] === true;
}

/** Whether a consumer has recorded this event in its inbox. */
export async function wasSeen(tx: Transaction, consumer: string, eventId: string): Promise<boolean> {
  const rows = await tx.run("MATCH (i:Inbox {id: $id}) RETURN i.id AS id", { id: `${consumer}/${eventId}` });
  return rows.length > 0;
}
