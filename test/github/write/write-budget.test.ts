import { describe, expect, test } from "vitest";
import { createWriteBudget, gitHubWriteLimits } from "../../../src/github/write/write-budget.ts";
import { RetryableError } from "../../../src/kernel/errors.ts";

describe("the budget of writes", () => {
  test("keeps a gap between the writes of one installation, and none between installations", async () => {
    const spend = createWriteBudget({ gapMs: 60, perMinute: 80, perHour: 500 }, Date.now);
    const begin = performance.now();
    await Promise.all([spend(1, "edit"), spend(1, "content"), spend(1, "edit"), spend(2, "edit")]);
    const took = performance.now() - begin;
    expect(took).toBeGreaterThanOrEqual(115);
  });

  test.each(["perMinute", "perHour"] as const)(
    "%s: a spent budget goes back to the queue, with the time when there is room",
    async (limit) => {
      const spend = createWriteBudget({ ...gitHubWriteLimits, gapMs: 0, [limit]: 2 }, Date.now);
      await spend(1, "content");
      await spend(1, "content");
      const refused = await spend(1, "content").catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(RetryableError);
      expect(refused).toMatchObject({ afterMs: expect.any(Number) });
      await spend(1, "edit");
      await spend(2, "content");
    },
  );

  test("of a local GitHub is endless and takes no time", async () => {
    const spend = createWriteBudget(null, () => 0);
    for (let count = 0; count < 1000; count += 1) await spend(1, "content");
  });
});
