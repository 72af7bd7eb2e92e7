import { type CheckName, type CheckResult, failingNames, plainCheck } from "../../domain/check-result.ts";
import { counted } from "../../domain/counted.ts";
import { regressions } from "../../domain/test-verdicts.ts";
import type { Checks, CommandRun, DryRun, WorkspaceChange } from "../ports.ts";
import type { SteadyRun } from "./flaky-tests.ts";

/** Whether the whole change applied; `problem` says what did not, or why the changes cannot be read at all. */
export function appliesCell(problem: string | null): CheckResult {
  if (problem === null) return plainCheck("applies", "passed", "Every edit applies.");
  const first = problem.split("\n")[0] ?? "";
  return { ...plainCheck("applies", "failed", first), detail: problem.slice(0, 4_000) };
}

/** The cell of a command that passes or fails as a whole. */
export function commandCell(name: CheckName, run: CommandRun): CheckResult {
  const summary = run.reason === "" ? `It ${run.outcome === "passed" ? "passes" : run.outcome}.` : run.reason;
  return { ...plainCheck(name, run.outcome, summary), detail: run.output.slice(-4_000), ms: run.ms };
}

/** The cell of what was dry-run; null where the task asks for no dry run. */
export function dryRunCell(run: DryRun | null): CheckResult {
  if (run === null) return plainCheck("dry-run", "skipped", "The task is none of devops or data.");
  const counts = run.total === 0 ? {} : { passed: run.passed, total: run.total };
  return { ...commandCell("dry-run", run), failing: failingNames(run.failing), ...counts };
}

/** Whether what passed before still passes (COUNCIL.md step 4); what failed before counts against nobody. */
export function regressionCell(run: SteadyRun, acceptance: readonly string[]): CheckResult {
  const { base } = run;
  const flaky =
    run.flaky.length === 0 ? "" : `; flaky, held against nobody: ${run.flaky.slice(0, 3).join(", ").slice(0, 200)}.`;
  const cell = (status: CheckResult["status"], summary: string, failing: readonly string[] = []): CheckResult => ({
    ...plainCheck("regressions", status, flaky === "" ? summary : `${summary.replace(/\.$/, "")}${flaky}`),
    detail: status === "failed" ? run.output.slice(-4_000) : "",
    failing: failingNames(failing),
    passed: run.tests.length === 0 ? null : run.tests.filter(({ verdict }) => verdict === "pass").length,
    total: run.tests.length === 0 ? null : run.tests.length,
    ms: run.ms,
  });
  if (run.outcome === "skipped" || run.outcome === "not-run") return cell(run.outcome, run.reason);
  if (run.onlyAcceptance === true && base.passing.length === 0)
    return cell(
      "skipped",
      `There are no tests but ${run.added.length === 0 ? "the acceptance tests" : "the new ones"}.`,
    );
  // Where tests passed on the base, none at all means that they are gone.
  if (run.tests.length === 0 && base.passing.length === 0) {
    if (run.outcome === "passed") return cell("passed", "The existing tests pass.");
    const before =
      base.outcome === "failed" ? " They fail on the base as well, and the runner does not say which." : "";
    return cell("failed", `The existing tests fail.${before}`);
  }
  const broken = regressions(base, run.tests);
  const all = new Set([...base.passing, ...run.tests.map(({ name }) => name)]).size;
  if (broken.length > 0) return cell("failed", `${broken.length} of ${all} existing tests break`, broken);
  const failing = run.tests.filter(({ verdict }) => verdict === "fail").length;
  if (failing > 0)
    return cell("passed", `Nothing breaks; ${failing} ${failing === 1 ? "test" : "tests"} failed before as well.`);
  // All single tests pass and the runner still fails only where a test that stands apart does, or it crashed.
  const apart = acceptance.length > 0 || run.added.some(({ verdict }) => verdict === "fail");
  const crashed = run.outcome === "failed" && base.outcome === "passed" && !apart;
  if (crashed) return cell("failed", run.reason);
  return cell("passed", `All ${run.tests.length} existing tests pass.`);
}

/** The cell of regressions with how many tests pass that fail without the change. */
export function withFixed(cell: CheckResult, fixed: number): CheckResult {
  if (fixed === 0) return cell;
  const what = fixed === 1 ? "1 test passes that failed" : `${fixed} tests pass that failed`;
  return { ...cell, fixed, summary: `${cell.summary.replace(/\.$/, "")}; ${what} before.`.slice(0, 400) };
}

/**
 * The cell of regressions with the tests that the candidate touched and that fail as they were. Where acceptance tests
 * show that another behaviour was asked for it passes, and names them: a candidate that needs no such change goes before.
 */
export function withOutdated(cell: CheckResult, outdated: readonly string[], acceptance: CheckResult): CheckResult {
  if (outdated.length === 0) return cell;
  const asked = acceptance.status === "passed" && (acceptance.passed ?? 0) > 0;
  const what = `Existing tests that it changed fail as they were: ${outdated.length}`;
  const failing = failingNames(outdated);
  return asked
    ? { ...cell, failing, summary: `${what}; the acceptance tests ask for another behaviour.` }
    : { ...cell, failing, status: "failed", summary: `${what}, and no acceptance test asks for that.` };
}

/** The cell of regressions with the tests that fail once they are run as before the change. */
export function withHidden(cell: CheckResult, hidden: readonly string[], setup: readonly string[]): CheckResult {
  const what = `Existing tests fail once ${setup.slice(0, 3).join(", ").slice(0, 200)} is as it was: ${hidden.length}`;
  return { ...cell, status: "failed", summary: what, failing: failingNames(hidden) };
}

/** The cells of policy and size. */
export async function policyCells(
  checks: Checks,
  changes: readonly WorkspaceChange[],
  rules: Parameters<Checks["policy"]>[1],
  more: readonly string[] = [],
): Promise<{ policy: CheckResult; size: CheckResult }> {
  const found = await checks.policy(changes, rules);
  const cell = (name: CheckName, findings: readonly string[], fine: string): CheckResult => ({
    ...plainCheck(name, findings.length === 0 ? "passed" : "failed", findings[0] ?? fine),
    detail: findings.join("\n").slice(0, 4_000),
    failing: findings.slice(1, 50).map((finding) => finding.slice(0, 300)),
  });
  const lines = changes.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  return {
    policy: cell("policy", [...more, ...found.policy], "No finding."),
    size: cell("size", found.size, `${counted(changes.length, "file")}, ${counted(lines, "line")}.`),
  };
}
