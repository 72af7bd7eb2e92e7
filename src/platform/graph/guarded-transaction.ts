import { PermanentError } from "../../kernel/errors.ts";
import type { GraphParameters, GraphRow, Transaction } from "../../kernel/transaction.ts";
import { plainRows } from "./plain-rows.ts";
import { validateParameters } from "./validate-parameters.ts";

/** How an engine runs one statement: parameters are valid, errors are the four kinds. */
export type RunStatement = (cypher: string, parameters: GraphParameters) => Promise<readonly GraphRow[]>;

/** A transaction as work sees it, and its end as the adapter sees it. */
export type GuardedTransaction = {
  readonly transaction: Transaction;
  /**
   * To call before the commit: waits for statements that the work did not await, then throws the first failure, even
   * one that the work caught. Neo4j ends a transaction at its first failed statement; so both engines do.
   */
  finish(): Promise<void>;
};

/** Gives a transaction the rules that both engines share: checked parameters and rows, no use after its end. */
export function guardTransaction(run: RunStatement): GuardedTransaction {
  const running = new Set<Promise<unknown>>();
  let failure: { readonly error: unknown } | undefined;
  let over = false;

  async function runGuarded(cypher: string, parameters: GraphParameters): Promise<readonly GraphRow[]> {
    if (over) throw new PermanentError("The transaction is over: a statement was run after the work had returned.");
    if (failure) throw failure.error;
    try {
      validateParameters(cypher, parameters);
      return plainRows(await run(cypher, parameters));
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  }

  return {
    transaction: {
      run(cypher, parameters = {}) {
        const rows = runGuarded(cypher, parameters);
        running.add(rows);
        const forget = () => running.delete(rows);
        rows.then(forget, forget);
        return rows;
      },
    },
    async finish() {
      while (running.size > 0) await Promise.allSettled(running);
      over = true;
      if (failure) throw failure.error;
    },
  };
}
