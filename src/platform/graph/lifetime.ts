import { RetryableError } from "../../kernel/errors.ts";

/** What runs on a graph while it is open. */
export type Lifetime = {
  /** Runs the work, or rejects with a `RetryableError` once the graph is closed: the next process takes it up. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Refuses new work, waits for what runs, then releases once; later calls wait for the same end. */
  end(release: () => void | Promise<void>): Promise<void>;
};

/** A lifetime that has begun. */
export function beginLifetime(): Lifetime {
  const running = new Set<Promise<unknown>>();
  let ended: Promise<void> | undefined;

  async function settleAndRelease(release: () => void | Promise<void>): Promise<void> {
    while (running.size > 0) await Promise.allSettled(running);
    await release();
  }

  return {
    async during(work) {
      if (ended) throw new RetryableError("The graph is closed.", 1000);
      const result = work();
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    end(release) {
      ended ??= settleAndRelease(release);
      return ended;
    },
  };
}
