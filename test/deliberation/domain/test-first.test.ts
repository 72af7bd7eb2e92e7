import { describe, expect, it } from "vitest";
import {
  type AddedTest,
  codeOf,
  newTestsCell,
  type TestedCriteria,
} from "../../../src/deliberation/domain/test-first.ts";
import type { Verdict } from "../../../src/deliberation/domain/test-verdicts.ts";

const file = (criterion: number): string => `test/story-12-criterion-${criterion}.test.js`;
const run = { output: "(output)", ms: 5 };
const nothingKnown: TestedCriteria = { covers: [1, 2], missing: [], there: [] };

function verdict(name: string, reason: string | null, at: Partial<Verdict> = {}): Verdict {
  return { name, file: null, verdict: reason === null ? "pass" : "fail", reason, ...at };
}

/** A test that does the same on the base and on the candidate, which is the same code. */
function both(name: string, reason: string | null, at: Partial<Verdict> = {}): AddedTest {
  return { onBase: verdict(name, reason, at), onCandidate: verdict(name, reason, at) };
}

const asserts = both(`${file(1)} > refuses`, "AssertionError: expected 3 to equal 1");
const passes = both(`${file(2)} > counts`, null);
const cell = (added: readonly AddedTest[], known = nothingKnown, sameCode = true) =>
  newTestsCell(added, known, sameCode, run);

describe("the acceptance cell of a candidate that consists of tests", () => {
  it("passes with tests that fail by an assertion and tests that pass, and counts criteria", () => {
    expect(cell([asserts, passes])).toMatchObject({
      status: "passed",
      summary: "2 new tests cover 2 of 2 criteria: 1 fails on the base, as it must, 1 passes",
      passed: 2,
      total: 2,
      counts: "criteria",
      failing: [],
      detail: `fails on the base, as it must: ${file(1)} > refuses\npasses: ${file(2)} > counts`,
    });
  });

  it.each<[string, AddedTest, string]>([
    [
      "fails by an import",
      both("criterion 1", "SyntaxError: does not provide an export named x"),
      "by no assertion: Synt",
    ],
    ["fails and tells no reason", both("criterion 1", null, { verdict: "fail" }), "by no assertion: no reason is told"],
    [
      "is flaky",
      { onBase: verdict("t", null), onCandidate: verdict("t", "expected 1") },
      "passes and fails on the same",
    ],
    ["does not run on the base", { onBase: null, onCandidate: verdict("t", null) }, "does not run on the base"],
  ])("fails where one of them %s", (_, broken, why) => {
    const { status, summary, failing, detail } = cell([asserts, passes, broken]);
    expect({ status, summary }).toEqual({ status: "failed", summary: "1 of 3 new tests is not sound" });
    expect(failing).toEqual([expect.stringContaining(why)]);
    expect(detail).toContain("(output)");
  });

  it("takes a test that fails on the base and passes with code that the branch has", () => {
    const mended = { onBase: verdict(file(1), "expected 1"), onCandidate: verdict(file(1), null) };
    expect(cell([mended], nothingKnown, false).status).toBe("passed");
    const broken = { onBase: verdict(file(1), null), onCandidate: verdict(file(1), "expected 1") };
    expect(cell([broken], nothingKnown, false).failing[0]).toContain("passes without the change and fails with it");
  });

  it("counts for code that is not there yet only what fails, and for merged code only what passes", () => {
    const missing = { covers: [1, 2], missing: [1, 2], there: [] };
    expect(cell([asserts, passes], missing)).toMatchObject({ status: "passed", passed: 1, total: 2 });
    expect(cell([passes], missing)).toMatchObject({ status: "failed", passed: 0 });
    const there = { covers: [1, 2], missing: [], there: [1] };
    expect(cell([asserts, passes], there).failing[0]).toContain("the code of criterion 1 is there");
    expect(cell([both(`${file(1)} > x`, null), passes], there)).toMatchObject({ status: "passed", passed: 2 });
  });

  it.each<[string, readonly AddedTest[], string]>([
    ["nothing that runs", [], "It adds no test that runs"],
    [
      "tests of no criterion",
      [both("works", null)],
      "1 new test covers none of the criteria 1, 2 (a test names its criterion",
    ],
    ["skipped tests", [both(file(1), null, { verdict: "skipped" })], "1 new test covers none of the criteria 1, 2"],
  ])("fails with %s", (_, added, summary) => {
    const failed = cell(added);
    expect(failed.status).toBe("failed");
    expect(failed.summary).toContain(summary);
  });

  it("knows a criterion by the name of the test, too, and asks for none where the task has none", () => {
    expect(cell([both("TestCriterion2Refuses", "got 3, want 1")]).passed).toBe(1);
    expect(cell([both("works", null)], { ...nothingKnown, covers: [] })).toMatchObject({ status: "passed", total: 0 });
  });
});

it("what other tasks say of the code: there once all who write it are merged, missing before", () => {
  const code = (covers: readonly number[], merged: boolean) => ({ type: "code", covers, merged }) as const;
  const others = [code([1, 2], true), code([2], false), { type: "test", covers: [3], merged: true } as const];
  expect(codeOf([1, 2, 3], others)).toEqual({ missing: [2], there: [1] });
});
