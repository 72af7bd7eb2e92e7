import type { Transaction } from "../../kernel/transaction.ts";
import type { AuditRecord, ChainEnd } from "../domain/audit-record.ts";
import type { FoundRecord } from "../domain/follow-chain.ts";

/** Which records to list; every given field narrows. */
export type AuditFilter = {
  readonly story?: string;
  /** A `principalKey`, or how people read it: `@login`. */
  readonly principal?: string;
  readonly limit: number;
};

/** Where the audit log is kept: for each installation records and a head, which tells the end of the log. */
export interface AuditLog {
  /** The end of a log. Nobody else can add to it until the transaction ends. */
  endForChange(tx: Transaction, installation: number): Promise<ChainEnd>;
  /** Adds records in their order, after the end that was read for change. */
  append(tx: Transaction, installation: number, records: readonly AuditRecord[]): Promise<void>;
  /** Every installation of which there is a head or a record; `noInstallation`: there is one of none. */
  installations(tx: Transaction): Promise<readonly number[]>;
  end(tx: Transaction, installation: number): Promise<ChainEnd>;
  /** The first records after a place, in their order, as they are found. */
  after(tx: Transaction, installation: number, sequence: number, most: number): Promise<readonly FoundRecord[]>;
  /**
   * The first place that is taken more than once or is before the first, and infinity where a record has no place; null where
   * there is none of these.
   */
  firstOdd(tx: Transaction, installation: number): Promise<number | null>;
  /** The latest first. */
  find(tx: Transaction, filter: AuditFilter): Promise<readonly AuditRecord[]>;
}
