import { type DayAccount, tokensLeft } from "../../deliberation/domain/day-budget.ts";
import { grouped } from "./cost.ts";
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

/** The limits of fleet.yml: tokens and minutes of one deliberation, rounds of a task, tokens a day if set. */
export type BudgetLimits = {
  readonly tokens: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly members: number;
  /** How the repository's tokens of today stand. */
  readonly today: DayAccount | null;
};

/** How many rows are listed; the sums count all. */
const shownRows = 30;

/** The answer to `/budget`. */
export function budgetText(what: "story" | "task", rows: readonly BudgetRow[], limits: BudgetLimits): string {
  const counted = rows.filter((row) => row.tokens !== null);
  const tokens = counted.reduce((sum, row) => sum + (row.tokens?.in ?? 0) + (row.tokens?.out ?? 0), 0);
  const seconds = counted.reduce((sum, row) => sum + (row.ms ?? 0), 0) / 1000;
  const uncounted = rows.filter((row) => row.tokens === null && !row.running).length;
  const { today } = limits;
  const daily = today === null ? "" : `, ${grouped(today.of)} tokens a day in this repository`;
  return [
    rows.length === 0
      ? `No council has worked on this ${what}.`
      : `Councils used **${grouped(tokens)} tokens** and **${seconds.toFixed(1)} s** on this ${what}.`,
    rows.length === 0 ? "" : markdownTable(["for", "round", "status", "tokens in", "tokens out", "time"], shown(rows)),
    rows.length <= shownRows ? "" : `_${rows.length - shownRows} earlier ones are left out of the table._`,
    uncounted === 0 ? "" : `_${uncounted} ended early and left no account; what they used is not in the sum._`,
    `**Limits** (\`.github/fleet.yml\`): ${grouped(limits.tokens)} tokens and ${limits.minutes} minutes a council, ${limits.members} members, ${limits.rounds} rounds a task${daily}.`,
    today === null ? "" : todayText(today),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Counted from midnight UTC. */
function todayText(today: DayAccount): string {
  const held = today.held === 0 ? "" : `, councils at work hold ${grouped(today.held)}`;
  const next = tokensLeft(today) > 0 ? "" : " No council begins before midnight UTC, unless the limit is raised.";
  return `**Today** this repository's councils used ${grouped(today.used)} of ${grouped(today.of)} tokens${held}.${next}`;
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
