import type { Principal } from "../../../kernel/principal.ts";
import type { Role } from "../../../kernel/roles.ts";
import type { Transaction, UnitOfWork } from "../../../kernel/transaction.ts";
import type { AllowedQuery, Position } from "../../domain/access/entity-query.ts";

/** One row: only the fields that were asked for, and of those only what is stored. */
export type EntityRow = Position & { readonly values: Readonly<Record<string, unknown>> };

export type FoundRows = {
  readonly rows: readonly EntityRow[];
  /** How many there are on all pages; null where it was not asked for. */
  readonly total: number | null;
};

/** Reads the rows of an allowed query, in its order. */
export type ReadRows = (tx: Transaction, query: AllowedQuery) => Promise<FoundRows>;

/** One access to data, or one that was denied, as the audit keeps it. */
export type AccessRecord = {
  readonly principal: Principal;
  readonly role: Role;
  /** Why it was read, for people: "context of a task", "dashboard". */
  readonly purpose: string;
  readonly entity: string;
  /** What was asked, without values. */
  readonly shape: string;
  /** How many rows were answered, with how many columns. */
  readonly rows: number;
  readonly columns: number;
  readonly outcome: "allowed" | "denied";
  /** The rule that denied it. */
  readonly reason: string | null;
};

/** Keeps the records in the transaction of the accesses: no data is answered whose record is not kept. */
export type RecordAccesses = (tx: Transaction, records: readonly AccessRecord[]) => Promise<void>;

/** The same beside what the accesses are about, where that is known only as it is read. */
export type RecordAbout = (
  tx: Transaction,
  about: {
    readonly installation: number;
    readonly repository: number;
    readonly story: string | null;
    readonly task: string | null;
  },
  records: readonly AccessRecord[],
) => Promise<void>;

export type ReadEntitiesDeps = {
  readonly graph: UnitOfWork;
  readonly readRows: ReadRows;
  readonly recordAccesses: RecordAccesses;
};
