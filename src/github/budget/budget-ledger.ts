import type { RequestCost } from "./request-cost.ts";

/** How much one installation may ask of GitHub. */
export type RequestLimits = {
  /** Milliseconds between two writes. */
  readonly gapMs: number;
  /** Requests that create content, in any minute and in any hour. */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** Points in any minute: 1 a read, 5 a write. */
  readonly pointsPerMinute: number;
};

/**
 * GitHub's secondary limits.
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export const gitHubLimits: RequestLimits = {
  gapMs: 1_000,
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
};

/**
 * The windows that are looked back on, in milliseconds: a little longer than GitHub's, because a request that was let go
 * later may arrive earlier. They slide: a limit holds in any minute, not only in those of one clock.
 */
export const windowMs = { minute: 61_000, hour: 3_605_000 } as const;

/** Remembers what every process took out of each installation's budget. */
export interface BudgetLedger {
  /**
   * Takes a request out of the budget if there is room now, and answers 0; else takes nothing and answers for how many
   * milliseconds there will be none.
   */
  take(installation: number, cost: RequestCost, limits: RequestLimits, now: number): Promise<number>;
  /** Nothing is let go before `until` (ms since the epoch): GitHub said so. */
  block(installation: number, until: number): Promise<void>;
}

type Account = {
  lastWriteAt: number;
  blockedUntil: number;
  content: number[];
  points: { at: number; points: number }[];
};

/** The ledger of one process: what it took is forgotten with it. */
export function createMemoryLedger(): BudgetLedger {
  const accounts = new Map<number, Account>();
  const of = (installation: number): Account => {
    const known = accounts.get(installation);
    if (known !== undefined) return known;
    const opened: Account = { lastWriteAt: Number.NEGATIVE_INFINITY, blockedUntil: 0, content: [], points: [] };
    accounts.set(installation, opened);
    return opened;
  };
  return {
    async take(installation, cost, limits, now) {
      const account = of(installation);
      account.content = account.content.filter((at) => at > now - windowMs.hour);
      account.points = account.points.filter(({ at }) => at > now - windowMs.minute);
      const waitMs = Math.ceil(roomIn(account, cost, limits, now));
      if (waitMs > 0) return waitMs;
      account.points.push({ at: now, points: cost.points });
      if (cost.writes) account.lastWriteAt = now;
      if (cost.createsContent) account.content.push(now);
      return 0;
    },
    async block(installation, until) {
      const account = of(installation);
      account.blockedUntil = Math.max(account.blockedUntil, until);
    },
  };
}

/** In how many milliseconds there is room; 0 or less: now. */
function roomIn(account: Account, cost: RequestCost, limits: RequestLimits, now: number): number {
  const waits = [account.blockedUntil - now, untilPointsFit(account, cost.points, limits.pointsPerMinute, now)];
  if (cost.writes) waits.push(account.lastWriteAt + limits.gapMs - now);
  if (cost.createsContent) {
    const { content } = account;
    // The one that must have left the window before another may come in.
    const inMinute = content.at(-limits.contentPerMinute);
    const inHour = content.at(-limits.contentPerHour);
    if (inMinute !== undefined) waits.push(inMinute + windowMs.minute - now);
    if (inHour !== undefined) waits.push(inHour + windowMs.hour - now);
  }
  return Math.max(...waits);
}

function untilPointsFit({ points }: Account, wanted: number, limit: number, now: number): number {
  let over = points.reduce((sum, each) => sum + each.points, 0) + wanted - limit;
  for (const each of points) {
    if (over <= 0) return 0;
    over -= each.points;
    if (over <= 0) return each.at + windowMs.minute - now;
  }
  return 0;
}
