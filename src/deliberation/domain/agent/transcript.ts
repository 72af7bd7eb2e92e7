import type { SavedStep } from "./agent-run.ts";

/** One turn's part of the conversation, in full and shortened. */
export type TurnText = {
  readonly said: string;
  /** The request for edits and the edits; null where the turn was none. */
  readonly edit: { readonly request: string; readonly code: string } | null;
  readonly result: string;
};

export type SizedTurn = { readonly full: number; readonly short: number };

/** The last turns are never shortened: they are what the next decision rests on. */
const keptTurns = 2;

/**
 * How many of the oldest turns are shown in short form. Decided turn by turn, as it was at the time: once the whole is over
 * `limit` (tokens), turns are shortened until it is at most half of it. So the beginning of the conversation stays byte for
 * byte the same over many turns, which is what a prefix cache serves.
 */
export function shortenedTurns(turns: readonly SizedTurn[], limit: number): number {
  let short = 0;
  let total = 0;
  for (const [at, turn] of turns.entries()) {
    total += turn.full;
    if (total <= limit) continue;
    while (short <= at - keptTurns && total > limit / 2) {
      const oldest = turns[short];
      total -= (oldest?.full ?? 0) - (oldest?.short ?? 0);
      short += 1;
    }
  }
  return short;
}

/** What an old turn is reduced to: the decision stays, and one line says that its result can be had again. */
export function shortText(step: SavedStep, text: TurnText): TurnText {
  const lines = step.result.split("\n").length;
  const again = step.action === "edit" ? "The files hold what was applied." : "Do it again where you need the result.";
  return {
    said: text.said,
    edit: text.edit === null ? null : { ...text.edit, code: "(The edits of this turn are left out here.)" },
    result: `Turn ${step.turn}: ${step.outcome}. (${lines} ${lines === 1 ? "line is" : "lines are"} left out here. ${again})`,
  };
}
