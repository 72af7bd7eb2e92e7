import { RetryableError } from "../../kernel/errors.ts";

/** Lets one write at a time into an engine that cannot take two, in the order of arrival. */
export type WriteQueue = { run<T>(work: () => Promise<T>): Promise<T> };

type Waiter = { readonly enter: () => void; readonly refuse: (error: Error) => void };

/**
 * A queue of writes. One that runs longer than `stuckMs` (milliseconds) has those behind it refused with a
 * `RetryableError`: else a write inside a write, which waits for itself, would stop the process without a word.
 */
export function createWriteQueue(stuckMs: number): WriteQueue {
  const waiting: Waiter[] = [];
  let busy = false;
  let stuck = false;

  const stuckError = () =>
    new RetryableError(`Another write has been running for ${stuckMs} ms; a write inside a write never ends.`, 1000);

  function refuseAll(): void {
    stuck = true;
    for (const waiter of waiting.splice(0)) waiter.refuse(stuckError());
  }

  function turn(): Promise<void> {
    if (stuck) return Promise.reject(stuckError());
    if (busy) return new Promise((enter, refuse) => waiting.push({ enter, refuse }));
    busy = true;
    return Promise.resolve();
  }

  function leave(): void {
    stuck = false;
    const next = waiting.shift();
    if (next) next.enter();
    else busy = false;
  }

  return {
    async run(work) {
      await turn();
      const watch = setTimeout(refuseAll, stuckMs);
      watch.unref();
      try {
        return await work();
      } finally {
        clearTimeout(watch);
        leave();
      }
    },
  };
}
