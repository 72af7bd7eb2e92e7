import { describe, expect, it } from "vitest";
import { githubBudgetBench } from "../../../src/cli/bench/github-budget-bench.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

describe.skipIf(!thorough)(`the bench github-budget${whyNotThorough}`, () => {
  it("a short day keeps within GitHub's limits, and each story of it gets done", async () => {
    const result = await githubBudgetBench({ stories: 1, tasks: 2, hours: 1 });
    expect(result).toMatchObject({ bench: "github-budget", reference: 12, detail: { violations: 0, tasks: 2 } });
    expect(result.detail["transitions"]).toBeGreaterThan(25);
    expect(result.ours).toBeGreaterThan(1);
  });
});
