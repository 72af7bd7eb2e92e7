import { type BudgetAccount, type BudgetScope, goesOnText, leftOf } from "../../deliberation/domain/council-budget.ts";
import { durationText, grouped } from "./cost.ts";
import { markdownTable } from "./markdown-table.ts";

/** What one deliberation used. Null where it ended without an account, or is at work. */
export type BudgetRow = {
  readonly what: string;
  readonly round: number;
  readonly status: string;
  readonly running: boolean;
  readonly tokens: { readonly in: number; readonly out: number } | null;
  readonly ms: number | null;
};

/** The limits of fleet.yml: tokens and minutes of one deliberation, rounds of a task, and the accounts that are limited. */
export type BudgetLimits = {
  readonly tokens: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly members: number;
  /** How the budgets of the task, the story and the day stand, where they are limited. */
  readonly accounts: readonly BudgetAccount[];
};

/** How many rows are listed; the sums count all. */
const shownRows = 30;

/** The answer to `/budget`. */
export function budgetText(what: "story" | "task", rows: readonly BudgetRow[], limits: BudgetLimits): string {
  const counted = rows.filter((row) => row.tokens !== null);
  const tokens = counted.reduce((sum, row) => sum + (row.tokens?.in ?? 0) + (row.tokens?.out ?? 0), 0);
  const ms = counted.reduce((sum, row) => sum + (row.ms ?? 0), 0);
  const uncounted = rows.filter((row) => row.tokens === null && !row.running).length;
  return [
    rows.length === 0
      ? `No council has worked on this ${what}.`
      : `Councils used **${grouped(tokens)} tokens** and **${durationText(ms)}** on this ${what}.`,
    rows.length === 0 ? "" : markdownTable(["for", "round", "status", "tokens in", "tokens out", "time"], shown(rows)),
    rows.length <= shownRows ? "" : `_${rows.length - shownRows} earlier ones are left out of the table._`,
    uncounted === 0 ? "" : `_${uncounted} ended early and left no account; what they used is not in the sum._`,
    `**Limits** (\`.github/fleet.yml\`): ${grouped(limits.tokens)} tokens and ${limits.minutes} minutes a council, ${limits.members} members, ${limits.rounds} rounds a task.`,
    ...limits.accounts.map(accountText),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** A day is counted from midnight UTC. */
const whose: Readonly<Record<BudgetScope, string>> = {
  task: "**This task's** councils",
  story: "**This story's** councils, those of its tasks among them,",
  day: "**Today** this repository's councils",
};

function accountText(account: BudgetAccount): string {
  const { scope, unit, used, held, of, ms } = account;
  const atWork = held === 0 ? "" : `, councils at work hold ${grouped(held)}`;
  const next = leftOf(account) > 0 ? "" : ` None begins now. ${goesOnText([account])}`;
  const time = unit === "tokens" ? ` in ${durationText(ms)}` : "";
  return `${whose[scope]} used ${grouped(used)} of ${grouped(of)} ${unit}${time}${atWork}.${next}`;
}

function shown(rows: readonly BudgetRow[]): readonly (readonly string[])[] {
  return rows
    .slice(-shownRows)
    .map(({ what, round, status, tokens, ms }) => [
      what,
      String(round),
      status,
      tokens === null ? "" : grouped(tokens.in),
      tokens === null ? "" : grouped(tokens.out),
      ms === null ? "" : `${(ms / 1000).toFixed(1)} s`,
    ]);
}
