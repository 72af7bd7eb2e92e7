import { type CheckResult, plainCheck } from "../../domain/check-result.ts";
import { cutShortTest, passingNames } from "../../domain/test-verdicts.ts";
import { type AcceptanceResult, acceptanceCell } from "../implementation/acceptance-cell.ts";
import type { TestRun } from "../ports.ts";

/**
 * The tests that tell candidates apart, by name: those that any run with the given files knows, without those that pass
 * on the base. What stands for a whole file that did not load is no test of its own where the file's tests are known, and
 * neither is a whole command where another run could tell its tests. What a candidate that does not end left untold is asked
 * of nobody.
 */
export function countedNames(onBase: TestRun, runs: readonly TestRun[]): readonly string[] {
  const all = [onBase, ...runs];
  const told = all.filter(({ untold, cutShort }) => untold !== true && cutShort !== true);
  const known = (told.length > 0 ? told : all).flatMap(({ tests }) => tests);
  const names = [...new Set(known.filter(({ verdict }) => verdict !== "skipped").map(named))].filter(
    (name) => name !== cutShortTest,
  );
  const passing = passingNames(onBase.tests);
  return names.filter((name) => !passing.has(name) && !names.some((other) => other.startsWith(`${name} > `))).sort();
}

function named({ name }: { readonly name: string }): string {
  return name;
}

/** The given tests that pass on the base and not with the candidate: it breaks them. */
export function brokenGiven(onBase: TestRun, run: TestRun): readonly string[] {
  const verdicts = new Map(run.tests.map(({ name, verdict }) => [name, verdict]));
  return onBase.tests
    .filter(({ verdict }) => verdict === "pass")
    .map(named)
    .filter((name) => verdicts.get(name) !== "pass" && verdicts.get(name) !== "skipped");
}

/** One candidate's cell, test by test. A run that a limit ended fails whatever it had come to. */
export function givenCell(names: readonly string[], run: TestRun): CheckResult {
  if (names.length === 0) {
    if (run.outcome === "failed" && run.cutShort === true) return plainCheck("acceptance", "failed", run.reason);
    return plainCheck("acceptance", "skipped", "None of the given tests fails on the base.");
  }
  const verdicts = new Map(run.tests.map((test) => [test.name, test]));
  const results = names.map((id): AcceptanceResult => {
    const test = verdicts.get(id);
    const missing = run.reason === "" ? "it did not run" : `it did not run: ${run.reason}`;
    return {
      id,
      verdict: test?.verdict === "pass" ? "pass" : "fail",
      reason: test === undefined ? missing : test.reason,
    };
  });
  const cell = acceptanceCell(
    names.map((id) => ({ id, label: id })),
    results,
    run,
  );
  if (cell.status === "passed" && run.cutShort === true) return { ...cell, status: "failed", summary: run.reason };
  return cell;
}

/** The cell of regressions with the given tests that broke. */
export function withBroken(cell: CheckResult, broken: readonly string[]): CheckResult {
  if (broken.length === 0 || cell.status === "not-run") return cell;
  const all = new Set([...cell.failing, ...broken.map((name) => name.slice(0, 300))]);
  const failing = [...all].slice(0, 50);
  const summary = `Tests that passed on the base break: ${all.size}`;
  const counts = cell.total === null ? {} : { passed: cell.passed, total: cell.total + broken.length };
  return { ...cell, ...counts, status: "failed", summary, failing };
}
