import { createHash } from "node:crypto";
import { type CheckName, type CheckResult, plainCheck } from "../../domain/check-result.ts";
import type { DryRunKind } from "../../domain/dry-run.ts";
import { passingNames, regressions } from "../../domain/test-verdicts.ts";
import type { Checks, DryRun, TestRun, Workspace } from "../ports.ts";
import { commandCell, dryRunCell, regressionCell, withFixed, withHidden } from "./check-cells.ts";
import { runAcceptanceTests, runExistingTests } from "./flaky-tests.ts";
import type { LaidChange } from "./lay-change.ts";
import type { MatrixRun } from "./matrix-run.ts";
import { asAlone, onceMoreAlone } from "./once-more-alone.ts";

/** What the commands said about one candidate; `accepted` is null where no acceptance test was run. */
export type MatrixRow = {
  readonly builds: CheckResult;
  readonly lint: CheckResult;
  readonly dryRun: CheckResult;
  readonly regressions: CheckResult;
  /** Null when the acceptance tests ran: their cell is made from `accepted`. */
  readonly blocked: CheckResult | null;
  readonly accepted: TestRun | null;
  /** The run of all tests, with those that a change of tests adds. */
  readonly added: Pick<TestRun, "tests" | "output" | "ms">;
  /** Existing tests that the change touches and that fail on it as they were. */
  readonly outdated: readonly string[];
  /** Tests that failed and passed on the same code: they are held against nobody. */
  readonly flaky: readonly string[];
  readonly behaviour: string | null;
};

/** A row of which nothing could be run; `dryRun`: what its task asks to be dry-run. */
export function notRun(why: string, dryRun: DryRunKind | null): MatrixRow {
  const cell = (name: CheckName): CheckResult => plainCheck(name, "not-run", why);
  return {
    builds: cell("builds"),
    lint: cell("lint"),
    dryRun: dryRun === null ? dryRunCell(null) : cell("dry-run"),
    regressions: cell("regressions"),
    blocked: cell("acceptance"),
    accepted: null,
    added: { tests: [], output: "", ms: 0 },
    outdated: [],
    flaky: [],
    behaviour: null,
  };
}

const untold = "The test runner names no single tests, so new ones cannot be told from the others.";

const untoldTests = {
  regressions: plainCheck("regressions", "not-run", untold),
  blocked: plainCheck("acceptance", "not-run", untold),
};

/** The same row, with why what comes after was not run. */
function withReason(row: MatrixRow, why: string): MatrixRow {
  const { regressions: open, blocked } = notRun(why, null);
  return { ...row, regressions: open, blocked };
}

/** Dry-runs the change; a repository's own command for it that the clock ended counts as it comes out alone. */
async function runDry(
  { checks, options, changed }: MatrixRun,
  workspace: Workspace,
  kind: DryRunKind,
): Promise<DryRun> {
  const { first, again } = await onceMoreAlone((how) => checks.dryRun(workspace, kind, changed, how), options, {
    isLate: ({ late }) => late === true,
  });
  return again === null ? first : asAlone(first, again);
}

/** Builds and lints; what the clock ended counts as it comes out alone. */
async function runCommands({ checks, options }: MatrixRun, workspace: Workspace): ReturnType<Checks["commands"]> {
  const { first, again } = await onceMoreAlone((how) => checks.commands(workspace, how), options, {
    isLate: ({ builds, lint }) => builds.late === true || lint.late === true,
  });
  if (again === null) return first;
  return { builds: asAlone(first.builds, again.builds), lint: asAlone(first.lint, again.lint) };
}

/** Runs the commands of the matrix (COUNCIL.md step 4) on a change in its workspace. */
export async function runMatrix(run: MatrixRun, { workspace }: LaidChange): Promise<MatrixRow> {
  const { acceptance } = run;
  const { builds, lint } = await runCommands(run, workspace);
  const built: MatrixRow = {
    ...notRun("It does not build.", run.dryRun),
    builds: commandCell("builds", builds),
    lint: commandCell("lint", lint),
  };
  if (builds.outcome === "failed") return built;
  const dryRun = run.dryRun === null ? null : await runDry(run, workspace, run.dryRun);
  const dried: MatrixRow = { ...built, dryRun: dryRunCell(dryRun) };
  if (dryRun?.outcome === "failed") return withReason(dried, "Its dry run fails.");
  const own = await runExistingTests(run, workspace);
  const added = { tests: own.added, output: own.output, ms: own.ms };
  const tested: MatrixRow = { ...dried, regressions: regressionCell(own, acceptance), flaky: own.flaky, added };
  if (run.addsTests && own.untold === true) return { ...tested, ...untoldTests };
  if (own.outcome === "not-run") return { ...tested, blocked: plainCheck("acceptance", "not-run", own.reason) };
  // A candidate's own tests are no common measure of behaviour.
  const names = new Set([...own.base.passing, ...own.base.failing]);
  const common = own.tests.filter(({ name }) => names.has(name));
  if (acceptance.length === 0) {
    const row: MatrixRow = { ...tested, blocked: null, behaviour: behaviourOf(common) };
    return asTheyWere(run, workspace, row, own);
  }
  const refused = await run.placeAcceptance(workspace);
  if (refused !== null) return { ...tested, blocked: plainCheck("acceptance", "failed", refused) };
  const accepted = await runAcceptanceTests(run, workspace, own.late === true);
  const row: MatrixRow = {
    ...tested,
    blocked: null,
    accepted: accepted.run,
    flaky: [...own.flaky, ...accepted.flaky],
    behaviour: behaviourOf([...common, ...accepted.run.tests]),
  };
  return asTheyWere(run, workspace, row, own);
}

/**
 * Runs the existing tests once more, first run as they were before the change and then as they were themselves, where it
 * touches either. What only another set-up hides is a regression, whatever the acceptance tests say. These are the last
 * runs in a workspace. A test that failed before is fixed where it passes in all of them.
 */
async function asTheyWere(run: MatrixRun, workspace: Workspace, row: MatrixRow, own: TestRun): Promise<MatrixRow> {
  const { checks, touched, touchedTests } = run;
  if (row.regressions.status !== "passed") return row;
  const restored = touched.length === 0 ? [] : await checks.restoreTestSetup(workspace, touched);
  // Tests of its own may need the set-up that it brings.
  const passed = new Set(run.base.passing);
  const before = restored.length === 0 ? null : await runNow(run, workspace, ({ name }) => passed.has(name));
  const hidden = before?.broken ?? [];
  if (hidden.length > 0) return { ...row, regressions: withHidden(row.regressions, hidden, restored) };
  // Where nobody sees which tests run, the script that is started may be the test.
  const scripts = own.untold === true ? touched.filter((path) => checks.isTestScript(path)) : [];
  const tests = [...new Set([...touchedTests, ...scripts])];
  if (tests.length > 0) await workspace.reset(tests);
  const after = tests.length === 0 ? null : await runNow(run, workspace);
  const runs = [own, before, after].flatMap((each) => (each === null ? [] : [each.tests]));
  const fixed = await fixedTests(run, runs);
  return { ...row, outdated: after?.broken ?? [], regressions: withFixed(row.regressions, fixed) };
}

/** How many tests fail without the change, however often they are run, and pass in each of these runs with it. */
async function fixedTests({ base, rerunBase }: MatrixRun, runs: readonly TestRun["tests"][]): Promise<number> {
  const passing = runs.map(passingNames);
  const fixed = base.failing.filter((name) => passing.every((names) => names.has(name)));
  if (fixed.length === 0) return 0;
  const flaky = passingNames((await rerunBase()).flatMap(({ tests }) => tests));
  return fixed.filter((name) => !flaky.has(name)).length;
}

async function runNow(
  run: MatrixRun,
  workspace: Workspace,
  counts: (test: TestRun["tests"][number]) => boolean = () => true,
): Promise<{ readonly tests: TestRun["tests"]; readonly broken: readonly string[] }> {
  const { outcome, base, tests } = await runExistingTests(run, workspace);
  return { tests, broken: outcome === "failed" ? regressions(base, tests.filter(counts)) : [] };
}

function behaviourOf(tests: readonly { readonly name: string; readonly verdict: string }[]): string | null {
  if (tests.length === 0) return null;
  const lines = tests.map(({ name, verdict }) => `${verdict} ${name}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
