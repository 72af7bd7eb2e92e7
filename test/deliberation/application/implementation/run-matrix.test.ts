import { describe, expect, it } from "vitest";
import { layChange } from "../../../../src/deliberation/application/implementation/lay-change.ts";
import { measureChange } from "../../../../src/deliberation/application/implementation/measure-change.ts";
import type {
  Checks,
  CommandRun,
  RunOptions,
  TestResult,
  TestRun,
} from "../../../../src/deliberation/application/ports.ts";
import { memoryBench, passed, result } from "../../memory-bench.ts";

type Before = { readonly tests: readonly TestResult[]; readonly ms?: number };
type Changes = Parameters<typeof memoryBench>[2];

/** The row of a change of `a.js`, with these tests before, on it, and when the base is run again. */
async function rowWith(
  before: Before,
  now: readonly TestResult[],
  again: readonly TestResult[],
  checked: Changes = {},
) {
  const { workspaces, checks } = memoryBench({ base: { "a.js": "1\n" } }, () => now, checked);
  const workspace = await workspaces.open({ mirror: "", sha: "base", id: "one" });
  const change = await layChange(workspace, { redact: async (text) => text }, async () => {
    await workspace.write("a.js", "2\n");
    return { problem: null, findings: [] };
  });
  const named = (verdict: "pass" | "fail") =>
    before.tests.filter((test) => test.verdict === verdict).map(({ name }) => name);
  const configuration = { deny: [], tests: [] };
  const { row } = await measureChange(
    change,
    { role: "developer", configuration },
    {
      checks,
      options: {
        configuration: { install: null, build: null, lint: null, test: null },
        trusted: false,
        signal: AbortSignal.timeout(60_000),
      },
      base: {
        failing: named("fail"),
        passing: named("pass"),
        outcome: "failed",
        reason: "",
        ms: before.ms ?? 1,
      },
      rerunBase: async () => [{ ...passed, tests: again }],
      dryRun: "migrations",
      acceptance: [],
      placeAcceptance: async () => null,
      addsTests: false,
    },
  );
  return row;
}

it("counts the tests that pass with the change and fail without it, and no flaky one", async () => {
  const tests = (...failing: string[]) =>
    ["steady", "reported", "asked", "flaky"].map((name) => result(name, failing.includes(name) ? "fail" : "pass"));
  const before = { tests: tests("reported", "asked", "flaky") };
  const { regressions } = await rowWith(before, tests("asked"), tests("reported", "asked"));
  expect(regressions).toMatchObject({
    status: "passed",
    fixed: 1,
    summary: "Nothing breaks; 1 test failed before as well; 1 test passes that failed before.",
  });
  expect((await rowWith(before, before.tests, before.tests)).regressions).not.toHaveProperty("fixed");
});

describe("what the clock ended", () => {
  const late: CommandRun = { ...passed, outcome: "failed", reason: "The command ran longer than 60 s.", late: true };
  const steady = { tests: [result("a", "pass"), result("b", "pass")], ms: 9_000 };

  /** Answers in their order, the last one again and again; and how long each run alone might take. */
  function answers<T>(...all: readonly T[]) {
    const aloneMs: (number | undefined)[] = [];
    const next = (options: RunOptions): T => {
      aloneMs.push(options.aloneMs);
      return all[Math.min(aloneMs.length, all.length) - 1] as T;
    };
    return { aloneMs, next };
  }
  const cut: TestRun = { ...late, tests: [result("a", "fail"), result("the test run", "fail")], cutShort: true };

  it("is run once more, alone, and held against nobody where it passes then", async () => {
    const { aloneMs, next } = answers<TestRun>(cut, { ...passed, tests: steady.tests });
    const row = await rowWith(steady, [], [], { tests: async (_workspace, _files, options) => next(options) });
    expect(aloneMs).toEqual([undefined, 36_000]);
    expect(row.flaky).toEqual(["a", "the test run"]);
    expect(row.regressions).toMatchObject({
      status: "passed",
      summary: "All 2 existing tests pass; flaky, held against nobody: a, the test run.",
    });
  });

  it("is the candidate's where it does not end alone either, and no third time", async () => {
    const { aloneMs, next } = answers<TestRun>(cut);
    const tests = async (_workspace: unknown, _files: unknown, options: RunOptions) => next(options);
    const row = await rowWith({ ...steady, ms: 10 }, [], [], { tests });
    expect(aloneMs).toEqual([undefined, 20_000]);
    expect(row).toMatchObject({ flaky: [], regressions: { status: "failed" } });
  });

  it("is the candidate's where it breaks a test alone", async () => {
    const broken: TestRun = { ...passed, outcome: "failed", tests: [result("a", "pass"), result("b", "fail")] };
    const { next } = answers<TestRun>(cut, broken);
    const tests = async (_workspace: unknown, _files: unknown, options: RunOptions) => next(options);
    const row = await rowWith(steady, [], steady.tests, { tests });
    expect(row.regressions).toMatchObject({ status: "failed", failing: ["b"] });
  });

  it("may be a build or a linter, which says so", async () => {
    const { aloneMs, next } = answers({ builds: late, lint: passed }, { builds: passed, lint: passed });
    const commands = async (_workspace: unknown, options: RunOptions) => next(options);
    const row = await rowWith(steady, steady.tests, [], { commands });
    expect(aloneMs).toEqual([undefined, Number.POSITIVE_INFINITY]);
    expect([row.builds, row.lint]).toMatchObject([
      {
        status: "passed",
        summary: "It passes with nothing beside it; before that: The command ran longer than 60 s.",
      },
      { status: "passed", summary: "It passes." },
    ]);
    const always = answers({ builds: passed, lint: late });
    const slow = await rowWith(steady, steady.tests, [], { commands: async (_, options) => always.next(options) });
    expect([slow.builds.status, slow.lint.status, always.aloneMs.length]).toEqual(["passed", "failed", 2]);
  });

  it("may be a dry run", async () => {
    const whole = { failing: [], passed: 1, total: 1 };
    const { aloneMs, next } = answers({ ...late, ...whole }, { ...passed, ...whole });
    const dryRun: Checks["dryRun"] = async (_workspace, _kind, _changed, options) => next(options);
    expect((await rowWith(steady, steady.tests, [], { dryRun })).dryRun).toMatchObject({
      status: "passed",
      summary: "It passes with nothing beside it; before that: The command ran longer than 60 s.",
    });
    expect(aloneMs).toEqual([undefined, Number.POSITIVE_INFINITY]);
  });
});
