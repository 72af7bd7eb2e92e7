import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../src/cli/bench/seeded-random.ts";
import { drawPool } from "../../../../src/cli/bench/selection/pools.ts";
import { tableRow } from "../../../../src/cli/bench/selection/selection-table.ts";
import { compareSelectors, type Known } from "../../../../src/cli/bench/selection/selectors.ts";
import { checkNames, plainCheck } from "../../../../src/deliberation/domain/check-result.ts";
import type { Standing } from "../../../../src/deliberation/domain/select.ts";

function row(passes: boolean): Standing {
  const checks = checkNames.map((name) => plainCheck(name, passes || name !== "acceptance" ? "passed" : "failed", ""));
  return { id: "x", checks, behaviour: String(passes), diffLines: 1 };
}

/** Two right texts and two wrong ones, of which the visible tests find the last one only. */
const known: Known = {
  right: 2,
  texts: ["a", "b", "c", "d"],
  full: [row(true), row(true), row(false), row(false)],
  weak: [row(true), row(true), row(true), row(false)],
};

describe("selectors on one pool", () => {
  it("the product takes the right one, a vote the popular one", () => {
    expect(compareSelectors([2, 2, 0], known)).toEqual({
      ours: 1,
      oursWeak: 0,
      first: 0,
      random: 1 / 3,
      majority: 0,
      oracle: 1,
      oursWrong: 0,
      oursWeakWrong: 1,
    });
  });

  it("where none is right the product with full tests takes nobody", () => {
    expect(compareSelectors([3, 2], known)).toMatchObject({ ours: 0, oursWrong: 0, oracle: 0, oursWeakWrong: 1 });
  });

  it("of equally frequent texts the first is the vote's", () => {
    expect(compareSelectors([1, 3], known).majority).toBe(1);
    expect(compareSelectors([3, 1], known).majority).toBe(0);
  });
});

describe("pools", () => {
  it("have about as many right ones as the rate says, and the same ones for a seed", () => {
    const draw = () => {
      const random = createRandom(3);
      return Array.from({ length: 2_000 }, () => drawPool(random, { rate: 0.3, k: 5 }, { right: 2, wrong: 5 }));
    };
    const drawn = draw().flat();
    expect(drawn).toHaveLength(10_000);
    expect(drawn.filter((at) => at < 2).length / 10_000).toBeCloseTo(0.3, 1);
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
    expect(draw().flat()).toEqual(drawn);
  });

  it("hold popular texts more often", () => {
    const random = createRandom(3);
    const drawn = Array.from({ length: 500 }, () => drawPool(random, { rate: 0, k: 4 }, { right: 1, wrong: 4 })).flat();
    const count = (wanted: number) => drawn.filter((at) => at === wanted).length;
    expect(count(1)).toBeGreaterThan(2 * count(4));
  });
});

it("a row of the table is the mean of its outcomes, in percent", () => {
  const outcomes = [[0], [2], [3]].map((pool) => compareSelectors(pool, known));
  expect(tableRow(outcomes)).toEqual({
    pools: 3,
    ours: 33.3,
    oursWeak: 33.3,
    first: 33.3,
    random: 33.3,
    majority: 33.3,
    oracle: 33.3,
    oursWrong: 0,
    oursWeakWrong: 33.3,
  });
});
