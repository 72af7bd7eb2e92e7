import { toIso } from "../../kernel/clock.ts";

/**
 * The tokens of one repository's councils on one day (UTC), in and out together, against `limits.tokens-a-day` of
 * `.github/fleet.yml`. A council counts on the day on which it got its tokens, however long it runs.
 */
export type DayAccount = {
  /** What the councils that are over used up. */
  readonly used: number;
  /** What those at work may still use: their whole budgets. */
  readonly held: number;
  /** The limit. */
  readonly of: number;
};

/** The tokens that a council gets as its budget, and when (ISO 8601): they count for that day. */
export type TokenGrant = { readonly tokens: number; readonly at: string };

/** Tokens that no council has used or holds; never below 0. */
export function tokensLeft({ used, held, of }: DayAccount): number {
  return Math.max(0, of - used - held);
}

/**
 * What a council may use that begins `now` (ms): its own budget (`council.budget.tokens`), and at most what is left of the
 * day. Null where nothing is left: then it waits. Without a limit a day (`account` null) only its own budget binds it.
 */
export function grantTokens(budget: number, account: DayAccount | null, now: number): TokenGrant | null {
  const tokens = account === null ? budget : Math.min(budget, tokensLeft(account));
  return tokens === 0 ? null : { tokens, at: toIso(now) };
}

/** Midnight (UTC) of the day of an instant (ms), as ISO 8601. */
export function beginningOfDay(now: number): string {
  return `${toIso(now).slice(0, 10)}T00:00:00.000Z`;
}

/** How the day's tokens are gone, as one sentence. */
export function dayUsedUpText({ used, held, of }: DayAccount): string {
  const atWork = held === 0 ? "" : `, and councils at work hold ${held.toLocaleString("en")}`;
  const whole = `${used.toLocaleString("en")} of ${of.toLocaleString("en")}`;
  return `The tokens that this repository's councils may use a day are used up: ${whole}${atWork} (limits.tokens-a-day).`;
}
