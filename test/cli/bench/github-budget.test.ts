import { expect, it } from "vitest";
import { githubBudgetBench } from "../../../src/cli/bench/github-budget-bench.ts";

it("a short day of two stories keeps within GitHub's limits and the aims", async () => {
  const result = await githubBudgetBench({
    stories: Number(process.env["N"] ?? 2),
    tasks: 3,
    hours: Number(process.env["H"] ?? 1),
  });
  console.log(JSON.stringify(result, null, 1));
  expect(result.detail["violations"]).toBe(0);
}, 600_000);
