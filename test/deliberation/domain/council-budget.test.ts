import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BudgetAccount,
  beginningOfDay,
  budgetScopes,
  budgetUnits,
  goesOnText,
  grantBudget,
  leftOf,
  usedUp,
  usedUpText,
} from "../../../src/deliberation/domain/council-budget.ts";

const noon = Date.parse("2026-05-04T12:00:00.000Z");
const at = "2026-05-04T12:00:00.000Z";
const account = (
  used: number,
  held: number,
  of: number,
  scope: BudgetAccount["scope"] = "day",
  unit: BudgetAccount["unit"] = "tokens",
): BudgetAccount => ({
  scope,
  unit,
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
  ])("%o leave %i", (given, left) => expect(leftOf(given)).toBe(left));

  it.each([
    ["no limit", [], { tokens: 400, minutes: 10, at }],
    ["more left than it needs", [account(0, 0, 1_000)], { tokens: 400, minutes: 10, at }],
    ["less left", [account(600, 300, 1_000)], { tokens: 100, minutes: 10, at }],
    [
      "the least of several",
      [account(0, 0, 300, "task"), account(0, 0, 200, "story"), account(0, 0, 900)],
      { tokens: 200, minutes: 10, at },
    ],
    ["fewer minutes left", [account(50, 3, 60, "day", "minutes")], { tokens: 400, minutes: 7, at }],
    ["no minute left", [account(0, 0, 9_000), account(50, 10, 60, "task", "minutes")], null],
    ["nothing left", [account(700, 300, 1_000)], null],
    ["nothing left of one of several", [account(0, 0, 1_000, "task"), account(9, 0, 9, "story")], null],
  ])("with %s are granted so", (_, accounts, grant) =>
    expect(grantBudget({ tokens: 400, minutes: 10 }, accounts, noon)).toEqual(grant),
  );

  const anAccount = fc.record({
    scope: fc.constantFrom(...budgetScopes),
    unit: fc.constantFrom(...budgetUnits),
    used: fc.nat(5_000),
    held: fc.nat(5_000),
    of: fc.integer({ min: 1, max: 10_000 }),
    ms: fc.nat(),
  });

  it("are never granted beyond what is left of any account, nor beyond the council's own budget", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8_000 }), fc.array(anAccount, { maxLength: 3 }), (budget, accounts) => {
        const grant = grantBudget({ tokens: budget, minutes: budget }, accounts, noon);
        for (const unit of grant === null ? [] : budgetUnits) {
          const own = accounts.filter((each) => each.unit === unit);
          expect(grant?.[unit]).toBe(Math.min(budget, ...own.map(leftOf)));
        }
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
            const grant = grantBudget({ tokens: budget, minutes: 1 }, [account(used, held, of, "task")], noon);
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
    const gone = budgetUnits.flatMap((unit) => budgetScopes.map((scope) => [account(9, 0, 9, scope, unit)]));
    expect(gone.map((accounts) => `${usedUpText(accounts)} ${goesOnText(accounts)}`)).toMatchInlineSnapshot(`
      [
        "The tokens that councils may use on this task are used up: 9 of 9 (limits.tokens-a-task). The product owner goes on with /budget +100000 (any number) on the task's issue.",
        "The tokens that councils may use on this story and its tasks are used up: 9 of 9 (limits.tokens-a-story). The product owner goes on with /budget +100000 (any number) on the story's issue.",
        "The tokens that this repository's councils may use a day are used up: 9 of 9 (limits.tokens-a-day). There are tokens again after midnight UTC, or once limits.tokens-a-day is raised in .github/fleet.yml.",
        "The minutes that councils may use on this task are used up: 9 of 9 (limits.minutes-a-task). The product owner goes on with /budget +60min (any number) on the task's issue.",
        "The minutes that councils may use on this story and its tasks are used up: 9 of 9 (limits.minutes-a-story). The product owner goes on with /budget +60min (any number) on the story's issue.",
        "The minutes that this repository's councils may use a day are used up: 9 of 9 (limits.minutes-a-day). There are minutes again after midnight UTC, or once limits.minutes-a-day is raised in .github/fleet.yml.",
      ]
    `);
  });
});
