import { type CheckResult, plainCheck } from "../../domain/check-result.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import { isAssertion } from "../../domain/test-verdicts.ts";
import type { TestRun } from "../ports.ts";
import type { Checked } from "../saved-state.ts";

export type AcceptanceResult = Checked["acceptance"][number];

/** A test that counts, and what people call it. */
export type CountedTest = { readonly id: string; readonly label: string };

/** Acceptance tests are called after their criterion. */
export function countedTest({ id, criterion }: AcceptanceTest): CountedTest {
  return { id, label: `criterion ${criterion}` };
}

/** The matrix's cell for the acceptance tests that count. */
export function acceptanceCell(
  kept: readonly CountedTest[],
  results: readonly AcceptanceResult[],
  run: Pick<TestRun, "output" | "ms"> | null,
): CheckResult {
  if (kept.length === 0 || run === null) return plainCheck("acceptance", "skipped", "No acceptance test was kept.");
  const verdicts = kept.map((test) => ({ test, result: results.find(({ id }) => id === test.id) }));
  const failed = verdicts.filter(({ result }) => result?.verdict !== "pass");
  const passed = kept.length - failed.length;
  return {
    ...plainCheck(
      "acceptance",
      failed.length === 0 ? "passed" : "failed",
      `${passed} of ${kept.length} acceptance tests pass`,
    ),
    detail: failed.length === 0 ? "" : run.output.slice(-4_000),
    failing: failed.map(({ test, result }) =>
      `${test.label}: ${result?.reason ?? "fails"}`.replace(/\s+/g, " ").slice(0, 300),
    ),
    passed,
    total: kept.length,
    ms: run.ms,
  };
}

export type Cleared = { readonly acceptance: readonly AcceptanceTest[]; readonly checked: readonly Checked[] };

/**
 * Throws out the acceptance tests that fail on every candidate for the same reason that is no assertion (COUNCIL.md
 * step 3: they test nothing), and counts the candidates' cells anew. What a criterion names in the repository is what
 * people ask for, so it counts also where no candidate comes near it.
 */
export function throwOutBroken(acceptance: readonly AcceptanceTest[], checked: readonly Checked[]): Cleared {
  const ran = checked.filter((candidate) => candidate.acceptance.length > 0);
  const judged = acceptance.map((test): AcceptanceTest => {
    if (test.status === "thrown-out" || test.from === "repository" || ran.length === 0) return test;
    const results = ran.map((candidate) => candidate.acceptance.find(({ id }) => id === test.id));
    const reasons = new Set(results.map((result) => (result?.verdict === "fail" ? (result.reason ?? "") : null)));
    const [reason] = reasons;
    if (reasons.size !== 1 || reason === null || reason === undefined || isAssertion(reason)) return test;
    return {
      ...test,
      status: "thrown-out",
      reason: `It fails on every candidate in the same way: ${reason.slice(0, 300)}`,
    };
  });
  const kept = judged.filter(({ status }) => status === "kept");
  if (kept.length === acceptance.filter(({ status }) => status === "kept").length)
    return { acceptance: judged, checked };
  return {
    acceptance: judged,
    checked: checked.map((candidate) => ({
      ...candidate,
      checks: candidate.checks.map((cell) =>
        cell.name === "acceptance" && cell.status !== "not-run"
          ? acceptanceCell(kept.map(countedTest), candidate.acceptance, { output: cell.detail, ms: cell.ms })
          : cell,
      ),
    })),
  };
}
