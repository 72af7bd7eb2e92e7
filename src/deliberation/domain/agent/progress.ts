import type { SavedStep } from "./agent-run.ts";

export type Progress =
  | { readonly kind: "new" }
  /** Done before on the same files, and not told yet. */
  | { readonly kind: "tell"; readonly turn: number }
  /** Told already. */
  | { readonly kind: "end"; readonly turn: number };

/** So many repetitions of any kind end a loop. */
const mostRepetitions = 3;

/** Whether a decision leads anywhere: the same one on the same files is told once, and then ends the loop. */
export function progressOf(steps: readonly SavedStep[], key: string): Progress {
  const before = steps.find((step) => step.key === key && step.outcome !== "repeated");
  if (before === undefined) return { kind: "new" };
  const repeated = steps.filter(({ outcome }) => outcome === "repeated");
  const over = repeated.some((step) => step.key === key) || repeated.length >= mostRepetitions;
  return { kind: over ? "end" : "tell", turn: before.turn };
}
