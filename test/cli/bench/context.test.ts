import { describe, expect, it } from "vitest";
import { contextBench } from "../../../src/cli/bench/context-bench.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

describe.skipIf(!thorough)(`the bench context${whyNotThorough}`, () => {
  it("builds contexts that show code, of a graph of about the size that was asked for", async () => {
    const result = await contextBench({ contexts: 3, warm: 1, most: 1_000 });
    expect(result).toMatchObject({
      bench: "context",
      detail: {
        engine: "embedded",
        growth: { from: 1_000, to: 1_000, p50: 1, p95: 1 },
        sizes: [{ wanted: 1_000, labels: { Story: 5, Task: 20, Event: 200 } }],
      },
    });
  });
});
