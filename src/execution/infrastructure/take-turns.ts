import pLimit from "p-limit";
import type { Sandbox } from "../application/ports.ts";
import { refusedRun } from "./sandbox-result.ts";

/**
 * The same sandbox with a bounded number of runs at once, however many deliberations share it: each run is processes and
 * memory of this machine. The others wait for their turn, which counts against none of their limits; one that is aborted
 * while it waits is answered at once. A run that is to be alone takes all turns, but not in a cluster: its pods share no
 * machine of ours.
 */
export function takeTurns(sandbox: Sandbox, atOnce: number): Sandbox {
  const turn = pLimit(atOnce);
  // One at a time gathers turns: two that do would wait for each other.
  const gather = pLimit(1);
  const allTurns = (act: () => Promise<void>): Promise<void> => gather(() => holding(turn, atOnce, act));
  return {
    ...sandbox,
    run: (run) =>
      new Promise((resolve, reject) => {
        const { signal } = run;
        const leave = (): void => resolve(refusedRun("aborted", "was stopped by its caller before it began"));
        signal?.addEventListener("abort", leave, { once: true });
        const take = run.alone === true && sandbox.kind !== "kubernetes" ? allTurns : turn;
        take(async () => {
          // From here on the sandbox itself answers an abort, once all that it started is gone.
          signal?.removeEventListener("abort", leave);
          if (signal?.aborted === true) return leave();
          resolve(await sandbox.run(run));
        }).catch(reject);
      }),
  };
}

/** Waits for so many turns in one row of the queue, then acts while it holds them, and gives all of them back. */
async function holding(turn: ReturnType<typeof pLimit>, turns: number, act: () => Promise<void>): Promise<void> {
  const { promise: over, resolve: giveBack } = withResolvers();
  const begun = Array.from({ length: turns }, () => {
    const { promise, resolve } = withResolvers();
    void turn(() => {
      resolve();
      return over;
    });
    return promise;
  });
  try {
    await Promise.all(begun);
    await act();
  } finally {
    giveBack();
  }
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
