import { describe, expect, it } from "vitest";
import { reactionBench } from "../../../src/cli/bench/reaction-bench.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

describe.skipIf(!thorough)(`the bench reaction${whyNotThorough}`, () => {
  it("a command gets its eyes, and a label its outcome or its way back, while other deliveries wait", async () => {
    const result = await reactionBench({ rounds: 1, waiting: 60 });
    expect(result).toMatchObject({ bench: "reaction", detail: { met: true, rounds: 1 } });
    expect(result.ours).toBeGreaterThan(0);
    expect(result.detail["putBackMs"]).toBeGreaterThan(0);
  });
});
