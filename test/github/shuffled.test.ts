import { expect, it } from "vitest";
import { shuffleBench } from "../../src/cli/bench/shuffle-bench.ts";

it("deliveries shuffled and repeated end in the same graph and the same GitHub as those in order", async () => {
  const result = await shuffleBench({ stories: 3, tasks: 1, deliveries: 600, seed: 11 });
  expect(result).toMatchObject({ ours: 1, detail: { handedIn: 600, violations: 0 } });
});
