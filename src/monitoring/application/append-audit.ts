import type { Clock } from "../../kernel/clock.ts";
import { toIso } from "../../kernel/clock.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { type AccessSubject, accessEntry, type DataAccess, denialEntry } from "../domain/audit-entries.ts";
import { type AuditEntry, type AuditRecord, chained } from "../domain/audit-record.ts";
import type { AuditLog } from "./audit-log.ts";

export type AuditDeps = {
  readonly log: AuditLog;
  /** Takes secrets out of a text that people or models wrote. */
  readonly redact: (text: string) => string;
};

/**
 * Adds entries of one installation to its audit log, in the transaction of what they record: neither is there without the
 * other. Those who add at the same time wait for one another.
 */
export async function appendAudit(
  { log, redact }: AuditDeps,
  tx: Transaction,
  installation: number,
  entries: readonly Omit<AuditEntry, "installation">[],
): Promise<void> {
  if (entries.length === 0) return;
  let end = await log.endForChange(tx, installation);
  const records: AuditRecord[] = [];
  for (const entry of entries) {
    const record = chained(end, { ...entry, installation, detail: redact(entry.detail) });
    records.push(record);
    end = record;
  }
  await log.append(tx, installation, records);
}

/** Adds the denials among events that are written in this transaction. */
export async function auditDenials(deps: AuditDeps, tx: Transaction, events: readonly FleetEvent[]): Promise<void> {
  const denials = events.filter((event): event is FleetEvent<"access.denied"> => event.type === "access.denied");
  for (const installation of new Set(denials.map(({ subject }) => subject.installation))) {
    const own = denials.filter(({ subject }) => subject.installation === installation);
    await appendAudit(deps, tx, installation, own.map(denialEntry));
  }
}

/** What adds accesses to data that are made for one story, task or repository. */
export function createRecordAccesses(deps: AuditDeps & { readonly clock: Clock }, subject: AccessSubject) {
  return async (tx: Transaction, accesses: readonly DataAccess[]): Promise<void> => {
    const at = toIso(deps.clock());
    const entries = accesses.map((access) => accessEntry(access, subject, at));
    await appendAudit(deps, tx, subject.installation, entries);
  };
}
