import { RetryableError } from "../../kernel/errors.ts";

/** Decides how many writes an engine gets at once. */
export type WriteGate = {
  /** Together with other shared writes, in the order of arrival. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** With no other write beside it, and before the shared ones that wait. */
  alone<T>(work: () => Promise<T>): Promise<T>;
};

type Kind = keyof WriteGate;
type Waiter = { readonly admitted: () => void; readonly refuse: (error: Error) => void };

/**
 * Lets up to `atOnce` shared writes in, or one that is alone. While one of those runs longer than `stuckMs` (milliseconds),
 * whoever would have to wait is refused with a `RetryableError`: else a write inside a write, which waits for itself, would
 * stop the process without a word.
 */
export function createWriteGate(atOnce: number, stuckMs: number): WriteGate {
  const waiting: Record<Kind, Waiter[]> = { alone: [], shared: [] };
  let running = 0;
  let overdue = 0;
  let isAlone = false;

  const stuckError = () =>
    new RetryableError(`Another write has been running for ${stuckMs} ms; a write inside a write never ends.`, 1000);

  function mayEnter(kind: Kind): boolean {
    if (kind === "alone") return running === 0;
    return !isAlone && waiting.alone.length === 0 && running < atOnce;
  }

  function enter(kind: Kind): void {
    running += 1;
    isAlone = kind === "alone";
  }

  function turn(kind: Kind): Promise<void> {
    if (mayEnter(kind)) {
      enter(kind);
      return Promise.resolve();
    }
    if (overdue > 0) return Promise.reject(stuckError());
    return new Promise((admitted, refuse) => waiting[kind].push({ admitted, refuse }));
  }

  function admitWaiting(): void {
    for (const kind of ["alone", "shared"] as const) {
      while (waiting[kind].length > 0 && mayEnter(kind)) {
        enter(kind);
        waiting[kind].shift()?.admitted();
      }
    }
  }

  async function run<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    await turn(kind);
    let isOverdue = false;
    const watch = setTimeout(() => {
      isOverdue = true;
      overdue += 1;
      for (const waiter of [...waiting.alone.splice(0), ...waiting.shared.splice(0)]) waiter.refuse(stuckError());
    }, stuckMs);
    watch.unref();
    try {
      return await work();
    } finally {
      clearTimeout(watch);
      if (isOverdue) overdue -= 1;
      running -= 1;
      isAlone = false;
      admitWaiting();
    }
  }

  return { shared: (work) => run("shared", work), alone: (work) => run("alone", work) };
}
