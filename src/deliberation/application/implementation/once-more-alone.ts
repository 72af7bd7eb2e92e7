import type { CommandRun, RunOptions } from "../ports.ts";

/**
 * Runs something, and where the clock ended it once more with no other run beside it: a machine that is busy with other
 * candidates says nothing about this one. `again` is null where that was not needed, or was no use: it was ended as well.
 * `atMostMs`: how long it may take then.
 */
export async function onceMoreAlone<T>(
  run: (options: RunOptions) => Promise<T>,
  options: RunOptions,
  how: { readonly isLate: (run: T) => boolean; readonly atMostMs?: number },
): Promise<{ readonly first: T; readonly again: T | null }> {
  const first = await run(options);
  if (!how.isLate(first)) return { first, again: null };
  const again = await run({ ...options, aloneMs: how.atMostMs ?? Number.POSITIVE_INFINITY });
  return { first, again: how.isLate(again) ? null : again };
}

/** A run that the clock ended beside others, as it came out alone; its reason says so where it passes. */
export function asAlone<T extends CommandRun>(first: T, again: T): T {
  if (first.late !== true || again.outcome !== "passed") return again;
  return { ...again, reason: `It passes with nothing beside it; before that: ${first.reason}` };
}
