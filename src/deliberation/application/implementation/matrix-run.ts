import type { DryRunKind } from "../../domain/dry-run.ts";
import type { Checks, RunOptions, TestRun, TouchedPath, Workspace } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";

/** What is run on a candidate: whoever makes candidates and tests, the matrix is the same. */
export type MatrixRun = {
  readonly checks: Checks;
  readonly options: RunOptions;
  readonly base: BaseRun;
  /** Runs the base's tests once more, to tell flaky tests; asked for only where something broke. */
  readonly rerunBase: () => Promise<readonly TestRun[]>;
  /** The acceptance tests' files; they are put in place after the candidate's own tests have run. */
  readonly acceptance: readonly string[];
  /** Puts them in place, over whatever the candidate has at their paths; null when that was possible, else why not. */
  readonly placeAcceptance: (workspace: Workspace) => Promise<string | null>;
  /** The change consists of tests (`newTestsCell`): what it adds is told from what was there, and breaks nothing by failing. */
  readonly addsTests: boolean;
  /** Files of the existing tests that the change touches: as they were, they are run on it as well. */
  readonly touchedTests: readonly string[];
  /** What is dry-run of the change, as its task asks for; null: nothing. */
  readonly dryRun: DryRunKind | null;
  /** Every path that the change touches. */
  readonly changed: readonly TouchedPath[];
  /** Everything that the change modifies or deletes: how the tests are run may be among it. */
  readonly touched: readonly string[];
};
