import type { Transaction, UnitOfWork } from "../../kernel/transaction.ts";

/** A graph whose transactions can be followed by something once they are committed. */
export type FollowedGraph<G extends UnitOfWork> = {
  readonly graph: G;
  /**
   * Has `effect` run once the transaction is committed, before its `write` resolves; never for one that was rolled back. It
   * must not throw.
   * @throws TypeError for a transaction of another graph, or of a read
   */
  readonly afterCommit: (tx: Transaction, effect: () => Promise<void>) => void;
};

/** Lets effects outside the graph follow its commits: work that is run again leaves those of its last run only. */
export function followCommits<G extends UnitOfWork>(graph: G): FollowedGraph<G> {
  const effects = new WeakMap<Transaction, (() => Promise<void>)[]>();
  return {
    graph: {
      ...graph,
      async write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
        let last: readonly (() => Promise<void>)[] = [];
        const result = await graph.write((tx) => {
          const own: (() => Promise<void>)[] = [];
          effects.set(tx, own);
          last = own;
          return work(tx);
        });
        for (const effect of last) await effect();
        return result;
      },
    },
    afterCommit(tx, effect) {
      const own = effects.get(tx);
      if (own === undefined) throw new TypeError("the transaction is none whose commit is followed");
      own.push(effect);
    },
  };
}
