import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beginningOfDay,
  goesOnText,
  grantTokens,
  type TokenAccount,
  tokenScopes,
  tokensLeft,
  usedUp,
  usedUpText,
} from "../../../src/deliberation/domain/token-budget.ts";

const noon = Date.parse("2026-05-04T12:00:00.000Z");
const at = "2026-05-04T12:00:00.000Z";
const account = (used: number, held: number, of: number, scope: TokenAccount["scope"] = "day"): TokenAccount => ({
  scope,
  used,
  held,
  of,
  ms: 0,
});

describe("the tokens of an account", () => {
  it.each([
    [account(0, 0, 10), 10],
    [account(4, 5, 10), 1],
    [account(4, 6, 10), 0],
    // A model answered with more than was left.
    [account(14, 0, 10), 0],
  ])("%o leave %i", (given, left) => expect(tokensLeft(given)).toBe(left));

  it.each([
    ["no limit", [], { tokens: 400, at }],
    ["more left than it needs", [account(0, 0, 1_000)], { tokens: 400, at }],
    ["less left", [account(600, 300, 1_000)], { tokens: 100, at }],
    [
      "the least of several",
      [account(0, 0, 300, "task"), account(0, 0, 200, "story"), account(0, 0, 900)],
      { tokens: 200, at },
    ],
    ["nothing left", [account(700, 300, 1_000)], null],
    ["nothing left of one of several", [account(0, 0, 1_000, "task"), account(9, 0, 9, "story")], null],
  ])("with %s are granted so", (_, accounts, grant) => expect(grantTokens(400, accounts, noon)).toEqual(grant));

  const anAccount = fc.record({
    scope: fc.constantFrom(...tokenScopes),
    used: fc.nat(5_000),
    held: fc.nat(5_000),
    of: fc.integer({ min: 1, max: 10_000 }),
    ms: fc.nat(),
  });

  it("are never granted beyond what is left of any account, nor beyond the council's own budget", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8_000 }), fc.array(anAccount, { maxLength: 3 }), (budget, accounts) => {
        const grant = grantTokens(budget, accounts, noon);
        const least = Math.min(budget, ...accounts.map(tokensLeft));
        expect(grant?.tokens ?? 0).toBe(least);
        expect(grant === null).toBe(usedUp(accounts).length > 0);
      }),
    );
  });

  it("are never overspent by councils that begin and end one after another, whatever the order", () => {
    const step = fc.record({ ends: fc.boolean(), budget: fc.integer({ min: 1, max: 700 }), share: fc.nat(100) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.array(step, { maxLength: 40 }), (of, steps) => {
        let used = 0;
        const running: number[] = [];
        for (const { ends, budget, share } of steps) {
          const held = running.reduce((sum, each) => sum + each, 0);
          const over = ends ? running.shift() : undefined;
          if (over !== undefined) used += Math.floor((over * share) / 100);
          else {
            const grant = grantTokens(budget, [account(used, held, of, "task")], noon);
            if (grant !== null) running.push(grant.tokens);
          }
          expect(used + running.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(of);
        }
      }),
    );
  });

  it("of a day begin at midnight UTC", () => {
    expect(beginningOfDay(noon)).toBe("2026-05-04T00:00:00.000Z");
    expect(beginningOfDay(Date.parse("2026-05-04T23:59:59.999Z"))).toBe("2026-05-04T00:00:00.000Z");
    expect(beginningOfDay(Date.parse("2026-05-05T00:00:00.000Z"))).toBe("2026-05-05T00:00:00.000Z");
  });

  it("say how they are gone, and by what work goes on", () => {
    expect(usedUpText([account(1_000_000, 0, 1_000_000)])).toContain(
      "used up: 1,000,000 of 1,000,000 (limits.tokens-a-day).",
    );
    expect(usedUpText([account(5, 5, 10)])).toContain("5 of 10, and councils at work hold 5");
    expect(
      tokenScopes.map((scope) => `${usedUpText([account(9, 0, 9, scope)])} ${goesOnText([account(9, 0, 9, scope)])}`),
    ).toMatchInlineSnapshot(`
      [
        "The tokens that councils may use on this task are used up: 9 of 9 (limits.tokens-a-task). The product owner goes on with /budget +100000 (any number) on the task's issue.",
        "The tokens that councils may use on this story and its tasks are used up: 9 of 9 (limits.tokens-a-story). The product owner goes on with /budget +100000 (any number) on the story's issue.",
        "The tokens that this repository's councils may use a day are used up: 9 of 9 (limits.tokens-a-day). There are tokens again after midnight UTC, or once limits.tokens-a-day is raised in .github/fleet.yml.",
      ]
    `);
  });
});
