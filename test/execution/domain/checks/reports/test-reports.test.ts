import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testRunners } from "../../../../../src/execution/domain/checks/checks.ts";
import { cleanText, failureLines } from "../../../../../src/execution/domain/checks/failure-lines.ts";
import { readTestReport } from "../../../../../src/execution/domain/checks/reports/test-reports.ts";

describe("readTestReport", () => {
  it("reads Jest's and Vitest's report", () => {
    const report = {
      testResults: [
        {
          name: "/worktree/src/a.test.js",
          status: "failed",
          message: "",
          assertionResults: [
            { fullName: "sum adds", status: "passed", failureMessages: [] },
            {
              fullName: "sum subtracts",
              status: "failed",
              failureMessages: ["\u001b[31mexpected 1\u001b[0m\n    at x.js:1"],
            },
            { fullName: "sum waits", status: "pending" },
          ],
        },
        {
          name: "/worktree/src/b.test.js",
          status: "failed",
          message: "SyntaxError: x\n    at y",
          assertionResults: [],
        },
      ],
    };
    for (const runner of ["jest", "vitest"] as const) {
      expect(readTestReport(runner, JSON.stringify(report), "/worktree")).toEqual([
        { name: "src/a.test.js > sum adds", verdict: "pass", reason: null },
        { name: "src/a.test.js > sum subtracts", verdict: "fail", reason: "expected 1" },
        { name: "src/a.test.js > sum waits", verdict: "skipped", reason: null },
        { name: "src/b.test.js", verdict: "fail", reason: "SyntaxError: x" },
      ]);
    }
  });

  it("reads Mocha's report", () => {
    const of = (fullTitle: string, message?: string) => ({
      fullTitle,
      file: "/worktree/t.js",
      err: message === undefined ? {} : { message },
    });
    const report = { passes: [of("a"), of("a")], failures: [of("b", "boom")], pending: [of("c")] };
    expect(readTestReport("mocha", JSON.stringify(report), "/worktree")).toEqual([
      { name: "t.js > a", verdict: "pass", reason: null },
      { name: "t.js > a (2)", verdict: "pass", reason: null },
      { name: "t.js > b", verdict: "fail", reason: "boom" },
      { name: "t.js > c", verdict: "skipped", reason: null },
    ]);
  });

  it("takes nothing for a report that is none", () => {
    fc.assert(
      fc.property(fc.constantFrom(...testRunners), fc.oneof(fc.string(), fc.json()), (runner, text) => {
        expect(readTestReport(runner, text, "/worktree")).toBeNull();
      }),
    );
  });
});

describe("failureLines", () => {
  it.each([
    [
      "the error before its stack",
      "> x@1.0.0 build\nsrc/a.ts(3,4): error TS2304: Cannot find name\n    at f (x.js:1)",
      "src/a.ts(3,4): error TS2304: Cannot find name",
    ],
    [
      "the thrown error",
      "node:internal/x\n    throw new Error();\n\nTypeError: a is not b\n    at x",
      "TypeError: a is not b",
    ],
    ["colours and controls gone", "\u001b[31mError: x\u0007\u202E\u001b[0m", "Error: x"],
    ["the last lines without a telling one", "a\nb\nc\nd", "b\nc\nd"],
    ["nothing of nothing", "\n", ""],
  ])("gives %s", (_, output, expected) => {
    expect(failureLines(output)).toBe(expected);
  });

  it("bounds what it gives", () => {
    expect(failureLines(`Error: ${"x".repeat(10_000)}`).length).toBe(500);
    expect(cleanText("x".repeat(400))).toHaveLength(300);
  });
});
