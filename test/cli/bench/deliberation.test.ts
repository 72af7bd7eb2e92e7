import { describe, expect, it } from "vitest";
import { deliberationOverheadBench } from "../../../src/cli/bench/deliberation-overhead-bench.ts";
import { sandboxBench } from "../../../src/cli/bench/sandbox-bench.ts";
import { bubblewrapMissing } from "../../execution/infrastructure/bubblewrap-missing.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

describe.skipIf(bubblewrapMissing)("the bench sandbox (needs bubblewrap)", () => {
  it("measures launches on both sides", async () => {
    const result = await sandboxBench({ launches: 2, files: 3 });
    expect(result).toMatchObject({ bench: "sandbox", detail: { sandbox: "bubblewrap", launches: 2, files: 3 } });
    expect(result.ours).toBeGreaterThan(0);
  });
});

describe.skipIf(!thorough)(`the bench deliberation-overhead${whyNotThorough}`, () => {
  it("tells its own time from the model's and the tests', and watches memory", async () => {
    const result = await deliberationOverheadBench({ latencyMs: 20, rounds: 1, crowd: 1, atOnce: 1 });
    expect(result.ours).toBeGreaterThanOrEqual(result.reference);
    expect(result.detail).toMatchObject({ rounds: 1, memory: { deliberations: 1, atOnce: 1 } });
    expect(result.detail["overhead"]).toBeGreaterThan(0);
  });
});
