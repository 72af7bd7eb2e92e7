import { type AuditRecord, type ChainEnd, hashOf } from "./audit-record.ts";

/** Where a log is not what was written, by the first place that shows it; `rewritten`: it fits itself and not what was told of it. */
export type ChainFault = {
  readonly sequence: number;
  readonly what: "changed" | "removed" | "inserted" | "rewritten";
};

/** A record as it was found; null where what was found is none: something of it is missing, or of another kind. */
export type FoundRecord = AuditRecord | null;

export type Followed = { readonly end: ChainEnd; readonly fault: ChainFault | null };

/** Follows a log over records in their order, from the end of those before them to the first that does not belong there. */
export function followChain(from: ChainEnd, records: readonly FoundRecord[]): Followed {
  let end = from;
  for (const record of records) {
    const fault = faultAt(end, record);
    if (fault !== null) return { end, fault };
    if (record !== null) end = { sequence: record.sequence, hash: record.hash };
  }
  return { end, fault: null };
}

function faultAt(end: ChainEnd, record: FoundRecord): ChainFault | null {
  const next = end.sequence + 1;
  if (record === null) return { sequence: next, what: "changed" };
  const { sequence, previous, hash } = record;
  if (sequence < next) return { sequence, what: "inserted" };
  if (sequence > next) return { sequence: next, what: "removed" };
  if (hash !== hashOf(record)) return { sequence, what: "changed" };
  // It fits itself and not the one before it, so that one is another than it was written after.
  if (previous !== end.hash) return { sequence: Math.max(end.sequence, 1), what: "changed" };
  return null;
}

/** Compares the end that was reached with the one that the log's head tells of. */
export function compareEnds(reached: ChainEnd, head: ChainEnd): ChainFault | null {
  if (reached.sequence < head.sequence) return { sequence: reached.sequence + 1, what: "removed" };
  if (reached.sequence > head.sequence) return { sequence: head.sequence + 1, what: "inserted" };
  return reached.hash === head.hash ? null : { sequence: head.sequence, what: "changed" };
}
