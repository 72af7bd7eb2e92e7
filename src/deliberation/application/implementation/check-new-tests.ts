import { type CheckResult, plainCheck } from "../../domain/check-result.ts";
import { newTestsCell, type TestedCriteria } from "../../domain/test-first.ts";
import { resultsOf, type Verdict } from "../../domain/test-verdicts.ts";
import type { PolicyConfiguration } from "../job.ts";
import type { Checks, RunOptions, TestRun, Workspace, WorkspaceChange } from "../ports.ts";
import type { MatrixRow } from "./run-matrix.ts";

/** What the tests of a candidate are measured with. */
export type NewTestsRun = {
  readonly checks: Checks;
  readonly options: RunOptions;
  readonly policy: PolicyConfiguration;
  readonly criteria: TestedCriteria;
  /** A checkout of the commit that the candidate starts from; it is closed here. */
  readonly open: () => Promise<Workspace>;
};

/**
 * Measures a candidate that consists of tests by the tests that it adds (`newTestsCell`). They have run on the candidate; here
 * its test files alone are laid over the commit that it starts from, and run there.
 */
export async function checkNewTests(
  run: NewTestsRun,
  { changes, added }: { readonly changes: readonly WorkspaceChange[]; readonly added: MatrixRow["added"] },
): Promise<CheckResult> {
  const { checks, policy, criteria } = run;
  const isTest = ({ path }: WorkspaceChange): boolean => checks.isTestPath(path, policy);
  const sameCode = changes.every(isTest);
  if (added.tests.length === 0) return newTestsCell([], criteria, sameCode, added);
  const onBase = await runOnBase(run, changes.filter(isTest), added.tests);
  if (typeof onBase === "string") return plainCheck("acceptance", "not-run", onBase);
  const tests = added.tests.map((test) => ({
    onCandidate: test,
    onBase: onBase.tests.find(({ name }) => name === test.name) ?? null,
  }));
  return newTestsCell(tests, criteria, sameCode, { output: onBase.output, ms: added.ms + onBase.ms });
}

/** A run of the new tests on code that nobody changed, or why there is none. */
async function runOnBase(
  { checks, options, open }: NewTestsRun,
  changes: readonly WorkspaceChange[],
  added: readonly Verdict[],
): Promise<TestRun | string> {
  const workspace = await open();
  try {
    for (const { path, content } of changes) {
      if (content === null) continue;
      const refused = await workspace.write(path, Buffer.from(content, "base64").toString("utf8"));
      if (refused !== null) return refused;
    }
    const { builds } = await checks.commands(workspace, options);
    if (builds.outcome === "not-run") return builds.reason;
    // A helper beside the tests is no test file; where the runner names no files, every test is run.
    const files = changes.map(({ path }) => path).filter((path) => resultsOf(added, path).length > 0);
    const told = added.every((test) => files.some((path) => resultsOf([test], path).length > 0));
    const run = await checks.tests(workspace, told ? files : null, options);
    return run.outcome === "not-run" ? run.reason : run;
  } finally {
    await workspace.close();
  }
}
