import { DateTime, type WeekdayNumbers } from "luxon";

/** The days of a week, as `fleet.yml` names them. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Time that counts for no deadline: nights and weekends, by the clocks of one place. */
export type QuietTime = {
  /** A name of the IANA time zone database, such as Europe/Madrid. */
  readonly timezone: string;
  /** The quiet hours of a day, `HH:MM`; they may pass midnight. Both or none. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Days that are quiet as a whole. */
  readonly days: readonly (typeof weekdays)[number][];
};

/** A deadline farther away than this is not looked for. */
const farthestDays = 400;

/**
 * When a stretch of working time is over that begins at `start` (ms since the epoch) and takes `durationMs`. Quiet time
 * is skipped; a deadline that falls on its edge is before it. Time zones with their changes between summer and winter
 * are the library's.
 */
export function afterWorkingTime(start: number, durationMs: number, quiet: QuietTime | null): number {
  if (quiet === null) return start + durationMs;
  let at: DateTime = DateTime.fromMillis(start, { zone: quiet.timezone });
  const farthest = at.plus({ days: farthestDays }).toMillis();
  let leftMs = durationMs;
  while (at.toMillis() < farthest) {
    const edge = nextEdge(at, quiet);
    if (!isQuiet(at, quiet)) {
      const untilEdge = edge.toMillis() - at.toMillis();
      if (leftMs <= untilEdge) return at.toMillis() + leftMs;
      leftMs -= untilEdge;
    }
    at = edge;
  }
  return farthest;
}

/** Whether a moment counts for no deadline. */
export function isQuietAt(ms: number, quiet: QuietTime | null): boolean {
  return quiet !== null && isQuiet(DateTime.fromMillis(ms, { zone: quiet.timezone }), quiet);
}

function isQuiet(at: DateTime, { from, to, days }: QuietTime): boolean {
  if (days.some((day) => weekdayNumber(day) === at.weekday)) return true;
  if (from === undefined || to === undefined || from === to) return false;
  const time = at.toFormat("HH:mm");
  return from < to ? time >= from && time < to : time >= from || time < to;
}

/** The next moment at which it may become quiet, or stop being so: the end of the day, and the ends of its quiet hours. */
function nextEdge(at: DateTime, { from, to }: QuietTime): DateTime {
  const midnight = at.startOf("day").plus({ days: 1 });
  const ends = [from, to].flatMap((time) => (time === undefined ? [] : [onDay(at, time)]));
  return ends.reduce<DateTime>((first, end) => (end > at && end < first ? end : first), midnight);
}

function onDay(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}

function weekdayNumber(day: (typeof weekdays)[number]): WeekdayNumbers | 0 {
  const numbers = [1, 2, 3, 4, 5, 6, 7] as const;
  return numbers[weekdays.indexOf(day)] ?? 0;
}
