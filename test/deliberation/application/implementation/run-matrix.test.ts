import { expect, it } from "vitest";
import { layChange } from "../../../../src/deliberation/application/implementation/lay-change.ts";
import { measureChange } from "../../../../src/deliberation/application/implementation/measure-change.ts";
import type { TestResult } from "../../../../src/deliberation/application/ports.ts";
import { memoryBench, passed, result } from "../../memory-bench.ts";

/** The cell of regressions of a change of `a.js`, with these tests before, on it, and when the base is run again. */
async function regressionsWith(
  before: readonly TestResult[],
  now: readonly TestResult[],
  again: readonly TestResult[],
) {
  const { workspaces, checks } = memoryBench({ base: { "a.js": "1\n" } }, () => now);
  const workspace = await workspaces.open({ mirror: "", sha: "base", id: "one" });
  const change = await layChange(workspace, { redact: (text) => text }, async () => {
    await workspace.write("a.js", "2\n");
    return { problem: null, findings: [] };
  });
  const named = (verdict: "pass" | "fail") => before.filter((test) => test.verdict === verdict).map(({ name }) => name);
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
      base: { failing: named("fail"), passing: named("pass"), outcome: "failed", reason: "" },
      rerunBase: async () => [{ ...passed, tests: again }],
      dryRun: null,
      acceptance: [],
      placeAcceptance: async () => null,
      addsTests: false,
    },
  );
  return row.regressions;
}

it("counts the tests that pass with the change and fail without it, and no flaky one", async () => {
  const tests = (...failing: string[]) =>
    ["steady", "reported", "asked", "flaky"].map((name) => result(name, failing.includes(name) ? "fail" : "pass"));
  const before = tests("reported", "asked", "flaky");
  const cell = await regressionsWith(before, tests("asked"), tests("reported", "asked"));
  expect(cell).toMatchObject({
    status: "passed",
    fixed: 1,
    summary: "Nothing breaks; 1 test failed before as well; 1 test passes that failed before.",
  });
  expect(await regressionsWith(before, before, before)).not.toHaveProperty("fixed");
});
