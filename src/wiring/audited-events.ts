import { redactSecrets } from "../context/domain/redact-secrets.ts";
import type { FleetEvent } from "../kernel/event.ts";
import type { Transaction } from "../kernel/transaction.ts";
import { type AuditDeps, auditDenials } from "../monitoring/application/append-audit.ts";
import { graphAuditLog } from "../monitoring/infrastructure/graph-audit-log.ts";
import { appendEvents } from "../platform/outbox/append-events.ts";

/** The audit log of the graph, which keeps no secret that somebody or a model wrote. */
export const audit: AuditDeps = { log: graphAuditLog, redact: (text) => redactSecrets(text).text };

/** Writes events into a transaction, and their denials into the audit log in the same one (DOMAIN.md §4). */
export async function auditedEvents(tx: Transaction, events: readonly FleetEvent[]): Promise<void> {
  await appendEvents(tx, events);
  await auditDenials(audit, tx, events);
}
