import { describe, expect, it } from "vitest";
import { benchResult } from "../../../src/cli/bench/bench-result.ts";
import { harmonicMean, median } from "../../../src/cli/bench/statistics.ts";

describe("a bench's numbers", () => {
  it("have the middle of the rounds, whatever their order, and leave them as they are", () => {
    const rounds = [30, 10, 20];
    expect(median(rounds)).toBe(20);
    expect(rounds).toEqual([30, 10, 20]);
    expect(median([4, 1, 3, 2])).toBe(3);
    expect(median([])).toBe(0);
  });

  it("have the rate over parts of one size: 100 at 100/s and 100 at 50/s take 3 s", () => {
    expect(harmonicMean([100, 50])).toBeCloseTo(200 / 3);
    expect(harmonicMean([])).toBe(0);
  });

  it("end in one result with the ratio to three places", () => {
    expect(benchResult({ bench: "b", ours: 2, reference: 3, unit: "x/s", detail: { rounds: 1 } })).toEqual({
      bench: "b",
      ours: 2,
      reference: 3,
      ratio: 0.667,
      unit: "x/s",
      detail: { rounds: 1 },
    });
  });

  it.each([0, Number.NaN])("are no result against a reference of %s", (reference) => {
    expect(() => benchResult({ bench: "b", ours: 2, reference, unit: "x/s", detail: {} })).toThrow(RangeError);
  });
});
