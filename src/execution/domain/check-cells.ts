import type { CheckCell, TestResult } from "./check-matrix.ts";
import type { CheckResult } from "./checks/checks.ts";
import { cleanText } from "./checks/failure-lines.ts";
import type { EditOutcome } from "./edit.ts";
import { isSizeFinding, type PolicyFinding } from "./policy/check-policy.ts";

/** A test that passed on the base commit and does not pass on the candidate. */
export type Regression = { readonly name: string; readonly reason: string };

/**
 * What a candidate broke: tests that pass on the base and fail on it. One that no longer runs is broken too, else a
 * candidate could pass by deleting it. A test that is skipped now counts the same.
 */
export function regressionsOf(base: readonly TestResult[], candidate: readonly TestResult[]): readonly Regression[] {
  const now = new Map(candidate.map((test) => [test.name, test]));
  return base.flatMap(({ name, verdict }) => {
    const test = now.get(name);
    if (verdict !== "pass" || test?.verdict === "pass") return [];
    if (test === undefined) return [{ name, reason: "it does not run any more" }];
    return [{ name, reason: test.verdict === "skipped" ? "it is skipped now" : (test.reason ?? "it fails") }];
  });
}

/** Tests that the candidate brings along and that fail: published, they would turn the project's checks red. */
export function newFailuresOf(base: readonly TestResult[], candidate: readonly TestResult[]): readonly Regression[] {
  const before = new Set(base.map(({ name }) => name));
  return candidate.flatMap(({ name, verdict, reason }) =>
    verdict === "fail" && !before.has(name) ? [{ name, reason: reason ?? "it fails" }] : [],
  );
}

/** Column "regressions". `base` is null where the base commit has no test results: then the candidate's own count. */
export function regressionCell(base: readonly TestResult[] | null, result: CheckResult | undefined): CheckCell {
  if (result === undefined) return { verdict: "pass", reason: "The project has no tests.", ms: 0 };
  const { wallMs: ms, reason, tests = [] } = result;
  if (result.verdict === "not-run") return { verdict: "not-run", reason, ms };
  if (result.cutShort === true) return { verdict: "fail", reason, ms };
  if (base === null) return { verdict: result.verdict, reason, ms };
  const broken = regressionsOf(base, tests);
  const fresh = newFailuresOf(base, tests);
  if (broken.length + fresh.length === 0)
    return { verdict: "pass", reason: `${count(base, "pass")} tests still pass.`, ms };
  const counts = [
    broken.length > 0 ? `${broken.length} broken` : "",
    fresh.length > 0 ? `${fresh.length} new and failing` : "",
  ];
  const shown = [...broken, ...fresh].slice(0, 3).map(({ name, reason: why }) => `${name}: ${why}`);
  const text = `${counts.filter((part) => part !== "").join(", ")}. ${shown.join("; ")}`;
  return { verdict: "fail", reason: cleanText(text, 500), ms };
}

/** How the kept acceptance tests went: only tests that failed on the base commit are kept (COUNCIL.md, step 3). */
export type Acceptance = { readonly passed: number; readonly kept: number; readonly failed: readonly Regression[] };

/** Counts the kept acceptance tests by name; one that did not run has failed. */
export function acceptanceOf(kept: readonly string[], results: readonly TestResult[]): Acceptance {
  const now = new Map(results.map((test) => [test.name, test]));
  const failed = kept.flatMap((name) => {
    const test = now.get(name);
    if (test?.verdict === "pass") return [];
    return [{ name, reason: test?.reason ?? "it did not run" }];
  });
  return { passed: kept.length - failed.length, kept: kept.length, failed };
}

/** The names of the tests that are worth keeping: those that do not pass on the base commit. */
export function keptAcceptanceTests(base: readonly TestResult[]): readonly string[] {
  return base.filter(({ verdict }) => verdict === "fail").map(({ name }) => name);
}

/** Column "acceptance": n of m, with the names of the failed. Without a kept test nothing was shown: `not-run`. */
export function acceptanceCell(acceptance: Acceptance, ms: number): CheckCell {
  const { passed, kept, failed } = acceptance;
  if (kept === 0) return { verdict: "not-run", reason: "There is no acceptance test that fails on the base.", ms };
  const shown = failed.slice(0, 3).map(({ name, reason }) => `${name}: ${reason}`);
  const reason = [`${passed} of ${kept}.`, shown.join("; ")].join(" ").trim();
  return { verdict: failed.length === 0 ? "pass" : "fail", reason: cleanText(reason, 500), ms };
}

/** Columns "builds" and "lint": a project without such a check passes it. */
export function checkCell(results: readonly CheckResult[], name: "build" | "lint"): CheckCell {
  const result = results.find((candidate) => candidate.name === name);
  const install = results.find((candidate) => candidate.name === "install" && candidate.verdict !== "pass");
  if (name === "build" && install !== undefined)
    return { verdict: install.verdict, reason: install.reason, ms: install.wallMs };
  if (result === undefined) return { verdict: "pass", reason: `The project has no ${name} step.`, ms: 0 };
  return { verdict: result.verdict, reason: result.reason, ms: result.wallMs };
}

/** Columns "policy" and "size", from the findings on the changes. */
export function policyCells(findings: readonly PolicyFinding[], ms: number): { policy: CheckCell; size: CheckCell } {
  const cell = (some: readonly PolicyFinding[]): CheckCell => {
    const shown = some.slice(0, 3).map(({ path, reason }) => (path === "" ? reason : `${path}: ${reason}`));
    return { verdict: some.length === 0 ? "pass" : "fail", reason: cleanText(shown.join(" "), 500), ms };
  };
  return {
    policy: cell(findings.filter((finding) => !isSizeFinding(finding))),
    size: cell(findings.filter(isSizeFinding)),
  };
}

/** Column "applies": every edit was applied, and there was at least one. */
export function appliesCell(outcomes: readonly EditOutcome[], problems: readonly string[], ms: number): CheckCell {
  const failed = outcomes.flatMap((outcome) =>
    outcome.applied ? [] : [`${outcome.edit.path}: ${outcome.failure.message}`],
  );
  const reasons = [...problems, ...failed];
  if (reasons.length === 0 && outcomes.length === 0) reasons.push("There is no edit.");
  return { verdict: reasons.length === 0 ? "pass" : "fail", reason: cleanText(reasons.slice(0, 3).join(" "), 500), ms };
}

/** A cell for a check that an earlier failure made pointless. */
export function notRun(reason: string): CheckCell {
  return { verdict: "not-run", reason, ms: 0 };
}

function count(tests: readonly TestResult[], verdict: TestResult["verdict"]): number {
  return tests.filter((test) => test.verdict === verdict).length;
}
