import type { BudgetAccount, BudgetScope } from "../../deliberation/domain/council-budget.ts";

/** What councils used up. */
export type Spent = {
  readonly councils: number;
  readonly tokens: { readonly in: number; readonly out: number };
  /** Wall time, in milliseconds. */
  readonly ms: number;
};

/**
 * What the councils of a story cost so far, and how that stands against fleet.yml's limits; before the first council what
 * there is to use, "" where nothing is limited.
 */
export function costPart(spent: Spent, accounts: readonly BudgetAccount[]): string {
  const limits = accounts.map(ofLimit);
  if (spent.councils === 0) return limits.length === 0 ? "" : `**Budget** ${limits.join(" · ")}`;
  const councils = `${spent.councils} ${spent.councils === 1 ? "council" : "councils"}`;
  return [`**Cost so far** ${councils}`, tokensText(spent.tokens), durationText(spent.ms), ...limits].join(" · ");
}

const whose: Readonly<Record<BudgetScope, string>> = {
  task: "this task",
  story: "this story",
  day: "today in this repository",
};

/** `this story: 400 of 1,000 tokens`. */
export function ofLimit({ scope, unit, used, of }: Pick<BudgetAccount, "scope" | "unit" | "used" | "of">): string {
  return `${whose[scope]}: ${grouped(used)} of ${grouped(of)} ${unit}`;
}

/** How one deliberation went, in one line: members, tokens, time. */
export function costLine(outcome: {
  readonly tokens: { readonly in: number; readonly out: number };
  readonly ms: number;
  readonly statistics: { readonly members: number };
}): string {
  const { members } = outcome.statistics;
  return `${members} ${members === 1 ? "member" : "members"} · ${tokensText(outcome.tokens)} · ${durationText(outcome.ms)}`;
}

function tokensText(tokens: { readonly in: number; readonly out: number }): string {
  return `${grouped(tokens.in)} tokens in, ${grouped(tokens.out)} out`;
}

/** `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number as people read it: 12,345. */
export function grouped(count: number): string {
  return count.toLocaleString("en");
}
