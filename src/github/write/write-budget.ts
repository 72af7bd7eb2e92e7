import { setTimeout as wait } from "node:timers/promises";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Clock } from "../../kernel/clock.ts";
import { RetryableError } from "../../kernel/errors.ts";
import type { WriteCost } from "./on.ts";

/** How fast the App may write on one installation. */
export type WriteLimits = {
  /** Milliseconds between two writes; GitHub asks for at least a second. */
  readonly gapMs: number;
  /** Writes that create content, a minute and an hour. */
  readonly perMinute: number;
  readonly perHour: number;
};

/**
 * GitHub's secondary limits.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export const gitHubWriteLimits: WriteLimits = { gapMs: 1_000, perMinute: 80, perHour: 500 };

/** Takes one write out of an installation's budget. */
export type SpendWrite = (installation: number, cost: WriteCost) => Promise<void>;

/**
 * Paces writes. Waits for the gap; a spent minute or hour is a `RetryableError` that says when there is room again, so
 * that no worker sits on a job for that long. `limits: null` (a local GitHub) neither waits nor counts.
 */
export function createWriteBudget(limits: WriteLimits | null, clock: Clock): SpendWrite {
  if (limits === null) return async () => {};
  const minute = new RateLimiterMemory({ points: limits.perMinute, duration: 60 });
  const hour = new RateLimiterMemory({ points: limits.perHour, duration: 3_600 });
  const nextAt = new Map<number, number>();
  return async (installation, cost) => {
    if (cost === "content") {
      await take(minute, installation);
      await take(hour, installation);
    }
    const now = clock();
    const at = Math.max(now, nextAt.get(installation) ?? 0);
    nextAt.set(installation, at + limits.gapMs);
    if (at > now) await wait(at - now);
  };
}

async function take(limiter: RateLimiterMemory, installation: number): Promise<void> {
  try {
    await limiter.consume(String(installation));
  } catch (rejected) {
    if (!(rejected instanceof RateLimiterRes)) throw rejected;
    throw new RetryableError("the budget of GitHub writes is spent", rejected.msBeforeNext);
  }
}
