/** Keeps a host out of use for a while after failures in a row; one request then tries it again. */
export type Circuit = {
  /** Whether the host may be asked now. */
  closed(): boolean;
  succeeded(): void;
  failed(): void;
};

/** `threshold` failures in a row open the circuit for `coolDownMs`; a failure after that opens it again at once. */
export function createCircuit(threshold: number, coolDownMs: number, now: () => number): Circuit {
  let failures = 0;
  let openUntil = 0;
  return {
    closed: () => now() >= openUntil,
    succeeded() {
      failures = 0;
      openUntil = 0;
    },
    failed() {
      failures += 1;
      if (failures >= threshold) openUntil = now() + coolDownMs;
    },
  };
}
