import type { CheckResult } from "../../domain/check-result.ts";
import type { Checks, Workspace, WorkspaceChange } from "../ports.ts";
import { appliesCell, policyCells } from "./check-cells.ts";
import type { MatrixRun } from "./matrix-run.ts";
import { type MatrixRow, notRun, runMatrix } from "./run-matrix.ts";

/** What became of laying a change or tests into a workspace: null when all of it applied, else why not. */
export type Laid = {
  readonly problem: string | null;
  /** Policy findings that only the change as it was given shows, such as a path that leaves the repository. */
  readonly findings: readonly string[];
};

/** A change with the cells that it has by itself, and what the commands said. */
export type Measured = {
  readonly applies: CheckResult;
  readonly policy: CheckResult;
  readonly size: CheckResult;
  readonly row: MatrixRow;
  readonly changes: readonly WorkspaceChange[];
  readonly diffLines: number;
};

/** Lays a change into a fresh workspace and runs every check on it (COUNCIL.md step 4), whoever made the change. */
export async function measureChange(
  workspace: Workspace,
  lay: () => Promise<Laid>,
  rules: Omit<Parameters<Checks["policy"]>[1], "existing">,
  run: Omit<MatrixRun, "touchedTests" | "touched">,
): Promise<Measured> {
  const existing = await workspace.list();
  const laid = await lay();
  const read = await workspace.changes();
  const changes = read.readable ? read.changes : [];
  const unreadable = read.readable ? (changes.length === 0 ? "It changes nothing." : null) : read.reason;
  const applies = appliesCell(laid.problem ?? unreadable);
  const { policy, size } = await policyCells(run.checks, changes, { ...rules, existing }, laid.findings);
  const touched = changes.filter(({ change }) => change !== "added").map(({ path }) => path);
  const touchedTests = touched.filter((path) => run.checks.isTestPath(path, rules.configuration));
  const row =
    applies.status === "passed"
      ? await runMatrix({ ...run, touchedTests, touched }, workspace)
      : notRun("The change does not apply.");
  const diffLines = changes.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  return { applies, policy, size, row, changes, diffLines };
}
