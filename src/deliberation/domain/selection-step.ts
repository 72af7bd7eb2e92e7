/** The steps of selection, in COUNCIL.md's order (step 6). */
export const selectionSteps = [
  "applies",
  "builds",
  "dry-run",
  "regressions",
  "acceptance",
  "policy",
  "behaviour",
  "judge",
  "smallest-diff",
] as const;

export type SelectionStep = (typeof selectionSteps)[number];

/** Why a candidate lost, and at which step. */
export type Lost = { readonly step: SelectionStep; readonly why: string };
