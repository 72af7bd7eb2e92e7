import type { CheckResult } from "../../domain/check-result.ts";
import type { Checks } from "../ports.ts";
import { appliesCell, policyCells } from "./check-cells.ts";
import type { LaidChange } from "./lay-change.ts";
import type { MatrixRun } from "./matrix-run.ts";
import { type MatrixRow, notRun, runMatrix } from "./run-matrix.ts";

/** The cells that a change has by itself, and what the commands said. */
export type Measured = {
  readonly applies: CheckResult;
  readonly policy: CheckResult;
  readonly size: CheckResult;
  readonly row: MatrixRow;
  readonly diffLines: number;
};

/** Runs every check (COUNCIL.md step 4) on a change that was laid into a fresh workspace. */
export async function measureChange(
  change: LaidChange,
  rules: Omit<Parameters<Checks["policy"]>[1], "existing">,
  run: Omit<MatrixRun, "touchedTests" | "touched" | "changed">,
): Promise<Measured> {
  const { changes, existing, laid } = change;
  const applies = appliesCell(change.problem);
  const { policy, size } = await policyCells(run.checks, changes, { ...rules, existing }, laid.findings);
  const changed = changes.map((each) => ({ path: each.path, change: each.change }));
  const touched = changes.filter((each) => each.change !== "added").map(({ path }) => path);
  const touchedTests = touched.filter((path) => run.checks.isTestPath(path, rules.configuration));
  const row =
    applies.status === "passed"
      ? await runMatrix({ ...run, touchedTests, touched, changed }, change)
      : notRun("The change does not apply.", run.dryRun);
  const diffLines = changes.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  return { applies, policy, size, row, diffLines };
}
