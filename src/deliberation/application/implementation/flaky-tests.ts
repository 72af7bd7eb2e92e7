import { regressions, withoutAcceptance } from "../../domain/test-verdicts.ts";
import type { TestResult, TestRun, Workspace } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";
import type { MatrixRun } from "./matrix-run.ts";
import { onceMoreAlone } from "./once-more-alone.ts";

/** A run of the existing tests, and what is known of the base after it: flaky tests stand among its failing ones. */
export type SteadyRun = TestRun & {
  readonly base: BaseRun;
  readonly flaky: readonly string[];
  /** True where every test that ran is an acceptance test: they have a column of their own. */
  readonly onlyAcceptance?: boolean;
  /** The tests that a change of tests adds: they have that column, too. */
  readonly added: TestRun["tests"];
};

/**
 * Runs the existing tests. What seems broken is run once more, on the candidate and then on the base: a test that both
 * fails and passes on the same code is flaky and held against nobody. Of the runs that a limit ended only those are repeated
 * that the clock did, alone and once.
 */
export async function runExistingTests(run: MatrixRun, workspace: Workspace): Promise<SteadyRun> {
  const { checks, options, acceptance } = run;
  const known = new Set([...run.base.passing, ...run.base.failing]);
  const isAdded = ({ name }: TestResult): boolean => run.addsTests && !known.has(name);
  const own = (each: TestRun): TestRun => ({
    ...each,
    tests: withoutAcceptance(each.tests, acceptance).filter((test) => !isAdded(test)),
  });
  const base = { ...run.base, passing: run.base.passing.filter((name) => !acceptance.some((at) => name.includes(at))) };
  const { all, late } = await runInTime(run, workspace, null);
  const first = own(all);
  const onlyAcceptance = all.tests.length > 0 && first.tests.length === 0;
  const added = all.tests.filter(isAdded);
  if (!isWorthAnotherRun(first) || regressions(base, first.tests).length === 0)
    return { ...first, base, flaky: late, onlyAcceptance, added };
  const merged = merge(first, own(await checks.tests(workspace, null, options)));
  const broken = new Set(regressions(base, merged.run.tests));
  const flakyHere = [...late, ...merged.flaky];
  if (broken.size === 0) return { ...merged.run, base, flaky: flakyHere, added };
  const failedOnBase = (await run.rerunBase())
    .flatMap(({ tests }) => tests)
    .filter(({ name, verdict }) => verdict === "fail" && base.passing.includes(name))
    .map(({ name }) => name);
  const steady = { ...base, failing: [...base.failing, ...failedOnBase] };
  const flaky = [...flakyHere, ...failedOnBase.filter((name) => broken.has(name))];
  return { ...merged.run, base: steady, flaky: [...new Set(flaky)], added };
}

/**
 * Runs the acceptance files, and those once more when something in them fails. `endless`: the candidate has shown that it
 * does not end, so that another run alone would decide nothing.
 */
export async function runAcceptanceTests(
  run: MatrixRun,
  workspace: Workspace,
  endless: boolean,
): Promise<{ readonly run: TestRun; readonly flaky: readonly string[] }> {
  const { checks, options, acceptance } = run;
  const { all: first, late } = endless
    ? { all: await checks.tests(workspace, acceptance, options), late: [] }
    : await runInTime(run, workspace, acceptance);
  if (!isWorthAnotherRun(first)) return { run: first, flaky: late };
  const merged = merge(first, await checks.tests(workspace, acceptance, options));
  return { ...merged, flaky: [...late, ...merged.flaky] };
}

/** A run that the clock ended may take so many times as long as all tests did before the change, once it runs alone. */
const timesTheBase = 4;
/** And at least so long (milliseconds). A candidate that never ends costs no more than this on top. */
const leastAloneMs = 20_000;

/** Runs tests; `late` names what failed while others ran beside it, and not alone. */
async function runInTime(
  { checks, options, base }: MatrixRun,
  workspace: Workspace,
  files: readonly string[] | null,
): Promise<{ readonly all: TestRun; readonly late: readonly string[] }> {
  const { first, again } = await onceMoreAlone((how) => checks.tests(workspace, files, how), options, {
    isLate: (each) => each.late === true,
    atMostMs: Math.max(leastAloneMs, timesTheBase * base.ms),
  });
  if (again === null || again.outcome === "not-run") return { all: first, late: [] };
  const failed = (each: TestRun) => each.tests.filter(({ verdict }) => verdict === "fail").map(({ name }) => name);
  const still = new Set(failed(again));
  return { all: { ...again, ms: first.ms + again.ms }, late: failed(first).filter((name) => !still.has(name)) };
}

function isWorthAnotherRun(run: TestRun): boolean {
  return run.outcome === "failed" && run.cutShort !== true;
}

/** Two runs on the same code as one: what passed once passes. */
function merge(first: TestRun, again: TestRun): { readonly run: TestRun; readonly flaky: readonly string[] } {
  if (again.outcome === "not-run" || again.cutShort === true) return { run: first, flaky: [] };
  const passed = new Map(again.tests.filter(({ verdict }) => verdict === "pass").map((test) => [test.name, test]));
  const seen = new Set(first.tests.map(({ name }) => name));
  const flaky = first.tests.filter(({ name, verdict }) => verdict === "fail" && passed.has(name));
  // What a crash of the first run kept from coming to its turn.
  const late = again.tests.filter(({ name }) => !seen.has(name));
  const tests = [
    ...first.tests.map((test) => (test.verdict === "fail" ? (passed.get(test.name) ?? test) : test)),
    ...late,
  ];
  const outcome = again.outcome === "passed" ? again : first;
  return { run: { ...outcome, tests, ms: first.ms + again.ms }, flaky: flaky.map(({ name }) => name) };
}
