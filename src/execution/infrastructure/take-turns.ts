import pLimit from "p-limit";
import type { Sandbox } from "../application/ports.ts";
import { refusedRun } from "./sandbox-result.ts";

/**
 * The same sandbox with a bounded number of runs at once, however many deliberations share it: each run is processes and
 * memory of this machine. The others wait for their turn, which counts against none of their limits; one that is aborted
 * while it waits is answered at once.
 */
export function takeTurns(sandbox: Sandbox, atOnce: number): Sandbox {
  const turn = pLimit(atOnce);
  return {
    ...sandbox,
    run: (run) =>
      new Promise((resolve, reject) => {
        const { signal } = run;
        const leave = (): void => resolve(refusedRun("aborted", "was stopped by its caller before it began"));
        signal?.addEventListener("abort", leave, { once: true });
        turn(async () => {
          // From here on the sandbox itself answers an abort, once all that it started is gone.
          signal?.removeEventListener("abort", leave);
          if (signal?.aborted === true) return leave();
          resolve(await sandbox.run(run));
        }).catch(reject);
      }),
  };
}
