/**
 * The steps of selection, in COUNCIL.md's order (step 6). At `fixes` those stay that make most of the tests pass that
 * failed before any change: where a bug was reported by a failing test, that test is what was asked for.
 */
export const selectionSteps = [
  "applies",
  "builds",
  "dry-run",
  "regressions",
  "acceptance",
  "policy",
  "fixes",
  "behaviour",
  "judge",
  "smallest-diff",
] as const;

export type SelectionStep = (typeof selectionSteps)[number];

/** The steps at which a candidate loses although it passes every check: another is only preferred. */
export const preferenceSteps: readonly SelectionStep[] = ["fixes", "behaviour", "judge", "smallest-diff"];

/** Why a candidate lost, and at which step. */
export type Lost = { readonly step: SelectionStep; readonly why: string };
