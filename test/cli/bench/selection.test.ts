import { describe, expect, it } from "vitest";
import { selectionBench } from "../../../src/cli/bench/selection-bench.ts";
import { bubblewrapMissing } from "../../execution/infrastructure/bubblewrap-missing.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

describe.skipIf(bubblewrapMissing || !thorough)(`the bench selection (needs bubblewrap)${whyNotThorough}`, () => {
  it("measures a few candidates by the product's own checks, and chooses the right ones", async () => {
    const said: string[] = [];
    const result = await selectionBench({
      languages: ["javascript"],
      tasks: 1,
      right: 1,
      wrong: 2,
      pools: 50,
      say: (line) => said.push(line),
    });
    expect(result).toMatchObject({
      bench: "selection",
      detail: {
        candidates: { tasks: 1, right: 1, wrong: 2, matrixAgainstTruth: [] },
        all: { pools: 450, oursWrong: 0 },
        reached: { behindOracle: 0 },
        skipped: {},
      },
    });
    expect(result.ours).toBeGreaterThan(result.reference);
    expect(said).toHaveLength(1);
  }, 240_000);
});
