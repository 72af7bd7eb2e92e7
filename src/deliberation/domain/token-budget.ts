import { toIso } from "../../kernel/clock.ts";

/** What tokens can be limited of, in the order in which a limit that is reached is told: people can do most about the first. */
export const tokenScopes = ["task", "story", "day"] as const;

export type TokenScope = (typeof tokenScopes)[number];

/** The limits of `.github/fleet.yml` (`limits`), in tokens in and out together; null: no limit. */
export type TokenLimits = { readonly [scope in TokenScope]: number | null };

/** No limit but each council's own budget. */
export const noTokenLimits: TokenLimits = { task: null, story: null, day: null };

/** Each limit in words: its key, what is used up, and by what work goes on. */
const scopeTexts = {
  task: {
    key: "limits.tokens-a-task",
    gone: "The tokens that councils may use on this task",
    next: "The product owner goes on with /budget +100000 (any number) on the task's issue.",
  },
  story: {
    key: "limits.tokens-a-story",
    gone: "The tokens that councils may use on this story and its tasks",
    next: "The product owner goes on with /budget +100000 (any number) on the story's issue.",
  },
  day: {
    key: "limits.tokens-a-day",
    gone: "The tokens that this repository's councils may use a day",
    next: "There are tokens again after midnight UTC, or once limits.tokens-a-day is raised in .github/fleet.yml.",
  },
} as const satisfies Record<TokenScope, { readonly key: string; readonly gone: string; readonly next: string }>;

/**
 * The tokens of all councils of one task, one story with its tasks, or one repository on one day (UTC), in and out together,
 * against their limit. A council counts for the day on which it got its tokens, however long it runs.
 */
export type TokenAccount = {
  readonly scope: TokenScope;
  /** What the councils that are over used up. */
  readonly used: number;
  /** What those at work may still use: their whole budgets. */
  readonly held: number;
  /** The limit: fleet.yml's, and what the product owner allowed on top of it. */
  readonly of: number;
  /** Wall time of those that are over, in milliseconds. */
  readonly ms: number;
};

/** The tokens that a council gets as its budget, and when (ISO 8601): they count for that day. */
export type TokenGrant = { readonly tokens: number; readonly at: string };

/** Tokens that no council has used or holds; never below 0. */
export function tokensLeft({ used, held, of }: Pick<TokenAccount, "used" | "held" | "of">): number {
  return Math.max(0, of - used - held);
}

/**
 * What a council may use that begins `now` (ms): its own budget (`council.budget.tokens`), and at most what is left of each
 * account that it counts in. Null where one of them has nothing left (`usedUp` says which): then it waits.
 */
export function grantTokens(budget: number, accounts: readonly TokenAccount[], now: number): TokenGrant | null {
  const tokens = Math.min(budget, ...accounts.map(tokensLeft));
  return tokens === 0 ? null : { tokens, at: toIso(now) };
}

/** The accounts that have nothing left. */
export function usedUp(accounts: readonly TokenAccount[]): readonly TokenAccount[] {
  return accounts.filter((account) => tokensLeft(account) === 0);
}

/** Midnight (UTC) of the day of an instant (ms), as ISO 8601. */
export function beginningOfDay(now: number): string {
  return `${toIso(now).slice(0, 10)}T00:00:00.000Z`;
}

/** How the tokens of each account are gone, a sentence each. */
export function usedUpText(accounts: readonly TokenAccount[]): string {
  return accounts.map(goneText).join(" ");
}

/** By what work goes on where these accounts have nothing left, a sentence each. */
export function goesOnText(accounts: readonly TokenAccount[]): string {
  return accounts.map(({ scope }) => scopeTexts[scope].next).join(" ");
}

function goneText({ scope, used, held, of }: TokenAccount): string {
  const { key, gone } = scopeTexts[scope];
  const atWork = held === 0 ? "" : `, and councils at work hold ${held.toLocaleString("en")}`;
  return `${gone} are used up: ${used.toLocaleString("en")} of ${of.toLocaleString("en")}${atWork} (${key}).`;
}
