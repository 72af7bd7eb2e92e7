import { describe, expect, it } from "vitest";
import { beginningOfDay, dayUsedUpText, grantTokens, tokensLeft } from "../../../src/deliberation/domain/day-budget.ts";

const noon = Date.parse("2026-05-04T12:00:00.000Z");
const at = "2026-05-04T12:00:00.000Z";

describe("the day's tokens", () => {
  it.each([
    [{ used: 0, held: 0, of: 10 }, 10],
    [{ used: 4, held: 5, of: 10 }, 1],
    [{ used: 4, held: 6, of: 10 }, 0],
    // A model answered with more than was left.
    [{ used: 14, held: 0, of: 10 }, 0],
  ])("%o leave %i", (account, left) => expect(tokensLeft(account)).toBe(left));

  it.each([
    ["no limit a day", null, { tokens: 400, at }],
    ["more left than it needs", { used: 0, held: 0, of: 1_000 }, { tokens: 400, at }],
    ["less left", { used: 600, held: 300, of: 1_000 }, { tokens: 100, at }],
    ["nothing left", { used: 700, held: 300, of: 1_000 }, null],
  ])("with %s are granted so", (_, account, grant) => expect(grantTokens(400, account, noon)).toEqual(grant));

  it("begin at midnight UTC", () => {
    expect(beginningOfDay(noon)).toBe("2026-05-04T00:00:00.000Z");
    expect(beginningOfDay(Date.parse("2026-05-04T23:59:59.999Z"))).toBe("2026-05-04T00:00:00.000Z");
    expect(beginningOfDay(Date.parse("2026-05-05T00:00:00.000Z"))).toBe("2026-05-05T00:00:00.000Z");
  });

  it("say how they are gone", () => {
    expect(dayUsedUpText({ used: 1_000_000, held: 0, of: 1_000_000 })).toContain(
      "used up: 1,000,000 of 1,000,000 (limits.tokens-a-day).",
    );
    expect(dayUsedUpText({ used: 5, held: 5, of: 10 })).toContain("5 of 10, and councils at work hold 5");
  });
});
