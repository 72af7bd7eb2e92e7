import { describe, expect, it } from "vitest";
import {
  brokenGiven,
  countedNames,
  givenCell,
  withBroken,
} from "../../../../src/deliberation/application/choose/given-tests.ts";
import type { TestRun } from "../../../../src/deliberation/application/ports.ts";
import { plainCheck } from "../../../../src/deliberation/domain/check-result.ts";

function run(verdicts: Readonly<Record<string, "pass" | "fail" | "skipped">>, more: Partial<TestRun> = {}): TestRun {
  const tests = Object.entries(verdicts).map(([name, verdict]) => ({ name, file: null, verdict, reason: null }));
  const failed = tests.some(({ verdict }) => verdict === "fail");
  return { outcome: failed ? "failed" : "passed", reason: "", output: "", ms: 1, tests, ...more };
}

describe("the given tests that count", () => {
  it("are those that any run knows and that do not pass on the base", () => {
    const base = run({ "t > old": "pass", "t > new": "fail", "t > left out": "skipped" });
    const one = run({ "t > old": "pass", "t > new": "pass", "t > more": "fail" });
    expect(countedNames(base, [one])).toEqual(["t > more", "t > new"]);
  });

  it("do not hold what stands for a whole file that did not load", () => {
    const base = run({ "t.py": "fail" });
    const right = run({ "t.py > a": "pass", "t.py > b": "pass" });
    expect(countedNames(base, [right, run({ "t.py": "fail" })])).toEqual(["t.py > a", "t.py > b"]);
  });

  it("do not hold a command that could not tell its tests apart", () => {
    const base = run({ "cargo test": "fail" }, { untold: true });
    expect(countedNames(base, [run({ "a > one": "pass", "a > two": "fail" })])).toEqual(["a > one", "a > two"]);
    expect(countedNames(base, [run({ "a > one": "pass" })])).toEqual(["a > one"]);
    expect(countedNames(base, [run({ "cargo test": "pass" }, { untold: true })])).toEqual(["cargo test"]);
  });

  it("do not hold what stands for a run that a limit ended: no candidate has to pass what another one never came to", () => {
    const base = run({ "t > a": "fail", "t > b": "fail" });
    const hangs = run({ "t > a": "pass", "the test run": "fail" }, { cutShort: true });
    expect(countedNames(base, [hangs, run({ "t > a": "pass", "t > b": "pass" })])).toEqual(["t > a", "t > b"]);
    expect(countedNames(run({ "go test": "fail" }, { untold: true }), [hangs])).toEqual(["go test", "t > a"]);
    const whole = run({ "go test": "fail", "the test run": "fail" }, { cutShort: true });
    expect(countedNames(run({ "go test": "fail" }, { untold: true }), [whole, run({ a: "pass" })])).toEqual(["a"]);
    expect(countedNames(hangs, [hangs])).toEqual([]);
  });

  it("are what there is where no run loads the file", () => {
    expect(countedNames(run({ "t.py": "fail" }), [run({ "t.py": "fail" })])).toEqual(["t.py"]);
  });
});

describe("a candidate's cell", () => {
  it("counts test by test, and what did not run has failed", () => {
    const cell = givenCell(["a", "b", "c"], run({ a: "pass", b: "fail" }));
    expect(cell).toMatchObject({ status: "failed", passed: 1, total: 3, summary: "1 of 3 acceptance tests pass" });
    expect(cell.failing).toEqual(["b: fails", "c: it did not run"]);
  });

  it("passes with all of them, but not where a limit ended the run", () => {
    expect(givenCell(["a"], run({ a: "pass" })).status).toBe("passed");
    const late = run({ a: "pass" }, { outcome: "failed", cutShort: true, reason: "The command ran longer than 1 s." });
    expect(givenCell(["a"], late)).toMatchObject({ status: "failed", summary: "The command ran longer than 1 s." });
    expect(givenCell([], late).status).toBe("failed");
  });

  it("is skipped where every given test passes on the base", () => {
    expect(givenCell([], run({ a: "pass" })).status).toBe("skipped");
  });
});

describe("a given test that passes on the base", () => {
  const base = run({ a: "pass", b: "pass", c: "fail" });

  it("is broken where it fails or is gone", () => {
    expect(brokenGiven(base, run({ a: "fail", c: "fail" }))).toEqual(["a", "b"]);
    expect(brokenGiven(base, run({ a: "pass", b: "skipped", c: "pass" }))).toEqual([]);
  });

  it("counts as a regression, once", () => {
    const cell = { ...plainCheck("regressions", "failed", "1 of 2 existing tests break"), failing: ["a"] };
    expect(withBroken(cell, ["a", "b"])).toMatchObject({
      status: "failed",
      failing: ["a", "b"],
      summary: "Tests that passed on the base break: 2",
    });
    expect(withBroken(plainCheck("regressions", "not-run", "no sandbox"), ["a"]).status).toBe("not-run");
  });
});
