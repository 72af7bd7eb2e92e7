import { toIso } from "../../kernel/clock.ts";

/** What a budget is of, in the order in which one that is used up is told: people can do most about the first. */
export const budgetScopes = ["task", "story", "day"] as const;

export type BudgetScope = (typeof budgetScopes)[number];

/** What is counted: tokens in and out together, or whole minutes of wall time. */
export const budgetUnits = ["tokens", "minutes"] as const;

export type BudgetUnit = (typeof budgetUnits)[number];

/** The limits of `.github/fleet.yml` (`limits`) in one unit; null: no limit. */
export type ScopeLimits = { readonly [scope in BudgetScope]: number | null };

/** No limit but each council's own budget. */
export const noLimits: ScopeLimits = { task: null, story: null, day: null };

/** What `/budget` is given to go on, for example. */
const furtherBy: Readonly<Record<BudgetUnit, string>> = { tokens: "+100000", minutes: "+60min" };

/** Each scope in words: whose it is, and by what work goes on. `key` is that of fleet.yml. */
const scopeTexts: Readonly<
  Record<BudgetScope, { readonly whose: string; readonly next: (unit: BudgetUnit, key: string) => string }>
> = {
  task: {
    whose: "that councils may use on this task",
    next: (unit) => `The product owner goes on with /budget ${furtherBy[unit]} (any number) on the task's issue.`,
  },
  story: {
    whose: "that councils may use on this story and its tasks",
    next: (unit) => `The product owner goes on with /budget ${furtherBy[unit]} (any number) on the story's issue.`,
  },
  day: {
    whose: "that this repository's councils may use a day",
    next: (unit, key) => `There are ${unit} again after midnight UTC, or once ${key} is raised in .github/fleet.yml.`,
  },
};

/**
 * What all councils of one task, one story with its tasks, or one repository on one day (UTC) use, against their limit. A
 * council counts for the day on which it got its budget, however long it runs.
 */
export type BudgetAccount = {
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  /** What the councils that are over used up; a minute that has begun counts. */
  readonly used: number;
  /** What those at work may still use: their whole budgets. */
  readonly held: number;
  /** The limit: fleet.yml's, and what the product owner allowed on top of it. */
  readonly of: number;
  /** Wall time of those that are over, in milliseconds. */
  readonly ms: number;
};

/** What a council may use, and when it got that (ISO 8601): it counts for that day. `minutes` null: in older records. */
export type BudgetGrant = { readonly tokens: number; readonly minutes: number | null; readonly at: string };

/** What no council has used or holds; never below 0. */
export function leftOf({ used, held, of }: Pick<BudgetAccount, "used" | "held" | "of">): number {
  return Math.max(0, of - used - held);
}

/**
 * What a council may use that begins `now` (ms): its own budget (`council.budget`), and at most what is left of each
 * account that it counts in. Null where one of them has nothing left (`usedUp` says which): then it waits.
 */
export function grantBudget(
  budget: { readonly tokens: number; readonly minutes: number },
  accounts: readonly BudgetAccount[],
  now: number,
): BudgetGrant | null {
  if (usedUp(accounts).length > 0) return null;
  const most = (unit: BudgetUnit) =>
    Math.min(budget[unit], ...accounts.filter((account) => account.unit === unit).map(leftOf));
  return { tokens: most("tokens"), minutes: most("minutes"), at: toIso(now) };
}

/** The accounts that have nothing left. */
export function usedUp(accounts: readonly BudgetAccount[]): readonly BudgetAccount[] {
  return accounts.filter((account) => leftOf(account) === 0);
}

/** Midnight (UTC) of the day of an instant (ms), as ISO 8601. */
export function beginningOfDay(now: number): string {
  return `${toIso(now).slice(0, 10)}T00:00:00.000Z`;
}

/** The key of a limit in fleet.yml. */
export function limitKey(scope: BudgetScope, unit: BudgetUnit): `limits.${BudgetUnit}-a-${BudgetScope}` {
  return `limits.${unit}-a-${scope}`;
}

/** How each account is used up, a sentence each. */
export function usedUpText(accounts: readonly BudgetAccount[]): string {
  return accounts.map(goneText).join(" ");
}

/** By what work goes on where these accounts have nothing left, a sentence each. */
export function goesOnText(accounts: readonly BudgetAccount[]): string {
  return accounts.map(({ scope, unit }) => scopeTexts[scope].next(unit, limitKey(scope, unit))).join(" ");
}

function goneText({ scope, unit, used, held, of }: BudgetAccount): string {
  const atWork = held === 0 ? "" : `, and councils at work hold ${held.toLocaleString("en")}`;
  const figures = `${used.toLocaleString("en")} of ${of.toLocaleString("en")}${atWork}`;
  return `The ${unit} ${scopeTexts[scope].whose} are used up: ${figures} (${limitKey(scope, unit)}).`;
}
