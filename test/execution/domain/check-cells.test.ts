import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptanceCell,
  acceptanceOf,
  appliesCell,
  checkCell,
  keptAcceptanceTests,
  policyCells,
  regressionCell,
  regressionsOf,
} from "../../../src/execution/domain/check-cells.ts";
import type { TestResult } from "../../../src/execution/domain/check-matrix.ts";
import type { CheckResult } from "../../../src/execution/domain/checks/checks.ts";

const test = (name: string, verdict: TestResult["verdict"], reason: string | null = null): TestResult => ({
  name,
  verdict,
  reason,
});
const run = (more: Partial<CheckResult>): CheckResult => ({
  name: "test",
  verdict: "pass",
  reason: "",
  wallMs: 7,
  ...more,
});

describe("regressions", () => {
  it("are tests that passed before and do not now", () => {
    const base = [
      test("a", "pass"),
      test("b", "pass"),
      test("c", "fail"),
      test("d", "pass"),
      test("e", "skipped"),
      test("f", "pass"),
    ];
    const candidate = [
      test("a", "pass"),
      test("b", "fail", "boom"),
      test("c", "fail"),
      test("f", "skipped"),
      test("g", "fail"),
    ];
    expect(regressionsOf(base, candidate)).toEqual([
      { name: "b", reason: "boom" },
      { name: "d", reason: "it does not run any more" },
      { name: "f", reason: "it is skipped now" },
    ]);
  });

  it("are never found between a run and itself, and never outside of the base's passes", () => {
    const tests = fc.uniqueArray(
      fc.record({
        name: fc.string(),
        verdict: fc.constantFrom("pass" as const, "fail" as const, "skipped" as const),
        reason: fc.constant(null),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(tests, tests, (base, candidate) => {
        expect(regressionsOf(base, base)).toEqual([]);
        const passed = base.filter(({ verdict }) => verdict === "pass").map(({ name }) => name);
        expect(regressionsOf(base, candidate).every(({ name }) => passed.includes(name))).toBe(true);
      }),
    );
  });

  it("make a cell", () => {
    const base = [test("a", "pass"), test("b", "fail")];
    expect(regressionCell(base, run({ verdict: "fail", tests: [test("a", "pass"), test("b", "fail")] }))).toEqual({
      verdict: "pass",
      reason: "1 tests still pass.",
      ms: 7,
    });
    expect(regressionCell(base, run({ verdict: "fail", tests: [test("a", "fail", "boom")] }))).toEqual({
      verdict: "fail",
      reason: "1 broken. a: boom",
      ms: 7,
    });
    expect(regressionCell(base, run({ verdict: "not-run", reason: "no" }))).toMatchObject({
      verdict: "not-run",
      reason: "no",
    });
    expect(regressionCell(null, run({ verdict: "fail", reason: "x" }))).toMatchObject({ verdict: "fail", reason: "x" });
    expect(regressionCell(null, run({}))).toMatchObject({ verdict: "pass" });
    expect(regressionCell(base, undefined)).toMatchObject({ verdict: "pass" });
    const fresh = run({
      verdict: "fail",
      tests: [test("a", "pass"), test("b", "fail"), test("c", "fail"), test("d", "pass")],
    });
    expect(regressionCell(base, fresh)).toMatchObject({ verdict: "fail", reason: "1 new and failing. c: it fails" });
    const cut = run({
      verdict: "fail",
      reason: "The command ran longer than 1 s.",
      cutShort: true,
      tests: [test("a", "pass")],
    });
    expect(regressionCell(base, cut)).toMatchObject({ verdict: "fail", reason: "The command ran longer than 1 s." });
  });
});

describe("acceptance", () => {
  it("counts kept tests only, and names the failed", () => {
    const kept = keptAcceptanceTests([test("a", "fail"), test("b", "pass"), test("c", "fail"), test("d", "fail")]);
    expect(kept).toEqual(["a", "c", "d"]);
    const acceptance = acceptanceOf(kept, [test("a", "pass"), test("c", "fail", "not 3"), test("x", "fail")]);
    expect(acceptance).toEqual({
      passed: 1,
      kept: 3,
      failed: [
        { name: "c", reason: "not 3" },
        { name: "d", reason: "it did not run" },
      ],
    });
    expect(acceptanceCell(acceptance, 5)).toEqual({
      verdict: "fail",
      reason: "1 of 3. c: not 3; d: it did not run",
      ms: 5,
    });
    expect(acceptanceCell({ passed: 2, kept: 2, failed: [] }, 5)).toEqual({
      verdict: "pass",
      reason: "2 of 2.",
      ms: 5,
    });
    expect(acceptanceCell({ passed: 0, kept: 0, failed: [] }, 0)).toMatchObject({ verdict: "not-run" });
  });
});

describe("the other cells", () => {
  it("take builds and lint from their checks", () => {
    const build = run({ name: "build", verdict: "fail", reason: "boom" });
    expect(checkCell([build], "build")).toEqual({ verdict: "fail", reason: "boom", ms: 7 });
    expect(checkCell([build], "lint")).toMatchObject({ verdict: "pass" });
    expect(checkCell([run({ name: "install", verdict: "fail", reason: "no" })], "build")).toMatchObject({
      reason: "no",
    });
  });

  it("split the findings into policy and size", () => {
    const cells = policyCells(
      [
        { rule: "symlink", path: "a", reason: "A link." },
        { rule: "files", path: "", reason: "Too many." },
      ],
      3,
    );
    expect(cells).toEqual({
      policy: { verdict: "fail", reason: "a: A link.", ms: 3 },
      size: { verdict: "fail", reason: "Too many.", ms: 3 },
    });
    expect(policyCells([], 1).policy.verdict).toBe("pass");
  });

  it("say whether the edits apply", () => {
    const edit = { kind: "delete" as const, path: "a.js" };
    const failure = { reason: "no-such-file" as const, message: "There is no such file.", nearest: null };
    expect(appliesCell([{ applied: true, edit }], [], 2)).toEqual({ verdict: "pass", reason: "", ms: 2 });
    expect(appliesCell([{ applied: false, edit, failure }], [], 2)).toMatchObject({
      verdict: "fail",
      reason: "a.js: There is no such file.",
    });
    expect(appliesCell([], ["Cut off."], 2)).toMatchObject({ verdict: "fail", reason: "Cut off." });
    expect(appliesCell([], [], 2)).toMatchObject({ verdict: "fail", reason: "There is no edit." });
  });
});
