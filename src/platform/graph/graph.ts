import type { GraphParameters, GraphRow, Transaction, UnitOfWork } from "../../kernel/transaction.ts";

/** The change of one node under a version check. */
export type CompareAndSet = {
  readonly label: string;
  readonly id: string;
  /** The version that was read; the node's `version` becomes this plus one. */
  readonly version: number;
  /** Properties to set beside the version. */
  readonly set: GraphParameters;
};

/**
 * The source of truth, on Neo4j or embedded. One set of Cypher strings serves both engines, so queries keep to what both
 * understand (ARCHITECTURE.md, "Engines"): return scalars, lists or `n {.*}`, ids and times as strings or epoch ms.
 *
 * Errors: `RetryableError` when the engine is away or a transaction lost a race that a repeat may win;
 * `PermanentError` for a query or a value that no repeat mends.
 */
export interface Graph extends UnitOfWork {
  /** One read-only query in its own transaction. */
  query(cypher: string, parameters?: GraphParameters): Promise<readonly GraphRow[]>;
  /** Resolves when the engine answers a trivial query; rejects with the cause otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Sets a node's properties if its version is still the one read: exactly one of many concurrent callers gets true. */
export type CompareAndSetInGraph = (tx: Transaction, change: CompareAndSet) => Promise<boolean>;
