/** A value that both graph engines store as a property: never a map, never a Date (ISO strings or epoch ms instead). */
export type GraphScalar = string | number | boolean | null;
export type GraphProperty = GraphScalar | readonly GraphScalar[];

/** Query parameters. Maps are for `UNWIND $rows` and `SET n += $properties` only; a property itself is never a map. */
export type GraphParameter = GraphProperty | { readonly [key: string]: GraphParameter } | readonly GraphParameter[];
export type GraphParameters = Readonly<Record<string, GraphParameter>>;

/** One row: the names of RETURN, each a scalar, a list, or a map from `n {.*}`; integers come back as numbers. */
export type GraphRow = Readonly<Record<string, unknown>>;

/**
 * One graph transaction, as use cases pass it on and repositories use it. The function given to `write` may run more
 * than once (deadlocks are retried), so it must have no other effect than on its transaction.
 */
export interface Transaction {
  run(cypher: string, parameters?: GraphParameters): Promise<readonly GraphRow[]>;
}

/** What a use case needs of the graph: one transaction around load, decide and save. */
export interface UnitOfWork {
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  read<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * One statement as a whole transaction: the shortest way to write, over a network half of `write`'s. Nothing can be taken
   * back after its rows were seen, so the statement itself holds the condition under which it writes.
   */
  writeOne(cypher: string, parameters?: GraphParameters): Promise<readonly GraphRow[]>;
}
