import type { Actor } from "./actor.ts";
import type { Method, Reply } from "./operation.ts";

/** The limits of GitHub that the local one enforces on each installation. */
export interface LimitsEnforced {
  /** Requests that create content, in any minute and in any hour. */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** Points in any minute: a read costs 1, a write 5. */
  readonly pointsPerMinute: number;
  readonly requestsPerHour: number;
  readonly atOnce: number;
  /**
   * Milliseconds between two writes. GitHub asks for them and answers all the same: one that comes earlier is counted, not
   * refused.
   */
  readonly writeGapMs: number;
  /** The clock of the limits, in milliseconds; the server's own if absent. */
  readonly clock?: () => number;
}

/**
 * GitHub's documented limits of one installation.
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 */
export const documentedLimits: LimitsEnforced = {
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  requestsPerHour: 5_000,
  atOnce: 100,
  writeGapMs: 1_000,
};

const noLimits: LimitsEnforced = {
  contentPerMinute: Number.POSITIVE_INFINITY,
  contentPerHour: Number.POSITIVE_INFINITY,
  pointsPerMinute: Number.POSITIVE_INFINITY,
  requestsPerHour: Number.POSITIVE_INFINITY,
  atOnce: Number.POSITIVE_INFINITY,
  writeGapMs: 0,
};

/** Which limit a request was over. */
export type LimitName = Exclude<keyof LimitsEnforced, "clock">;

const minuteMs = 60_000;
const hourMs = 3_600_000;
const retryAfterSeconds = 60;
const documentation = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api";
const secondary =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.";

interface Account {
  /** The hour that GitHub counts all requests in; the next one begins with the first request after its end. */
  hour: { endsAt: number; used: number };
  content: number[];
  points: { at: number; points: number }[];
  lastWriteAt: number;
  underWay: number;
}

/** One request on its way through the limits. */
export interface Visit {
  /** The answer, where the request was over a limit. */
  readonly refusal: Reply | null;
  /** What every answer says of the hour's limit. */
  readonly headers: Readonly<Record<string, string>>;
  /** It was answered with this status. A 304 does not count against the hour. */
  readonly leave: (status: number) => void;
}

const unlimited: Visit = { refusal: null, headers: {}, leave: () => {} };

/** Enforces limits, and counts each request that was over one of them. */
export class RateLimits {
  readonly #limits: LimitsEnforced | null;
  readonly #clock: () => number;
  readonly #accounts = new Map<number, Account>();
  /** How often each limit was exceeded. */
  readonly exceeded = new Map<LimitName, number>();
  /** What installations asked for, and got: requests that create content, other writes, reads, and reads of a 304. */
  readonly use = { content: 0, edits: 0, reads: 0, notModified: 0 };

  constructor(limits: LimitsEnforced | null, clock: () => number) {
    this.#limits = limits;
    this.#clock = limits?.clock ?? clock;
  }

  get violations(): number {
    return [...this.exceeded.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Counts a request of an installation; of everybody else none is counted. */
  enter(actor: Actor, method: Method, createsContent: boolean): Visit {
    if (actor.kind !== "installation") return unlimited;
    const limits = this.#limits ?? noLimits;
    const now = this.#clock();
    const account = this.#account(actor.installation.id, now);
    const writes = method !== "GET";
    account.underWay += 1;
    account.hour.used += 1;
    account.points.push({ at: now, points: writes ? 5 : 1 });
    if (createsContent) account.content.push(now);
    if (writes) {
      if (now - account.lastWriteAt < limits.writeGapMs) this.#count("writeGapMs");
      account.lastWriteAt = now;
    }
    const leave = (status: number) => {
      account.underWay -= 1;
      if (status === 304) account.hour.used -= 1;
      if (writes) this.use[createsContent ? "content" : "edits"] += 1;
      else this.use[status === 304 ? "notModified" : "reads"] += 1;
    };
    const headers = this.#limits === null ? {} : hourHeaders(account, limits);
    const over = exceededBy(account, limits, createsContent, now);
    if (over === null) return { refusal: null, headers, leave };
    this.#count(over);
    return { refusal: over === "requestsPerHour" ? primary(actor.installation.id) : tooFast(), headers, leave };
  }

  #count(limit: LimitName): void {
    this.exceeded.set(limit, (this.exceeded.get(limit) ?? 0) + 1);
  }

  #account(installation: number, now: number): Account {
    const opened = { hour: { endsAt: 0, used: 0 }, content: [], points: [], lastWriteAt: -hourMs, underWay: 0 };
    const account: Account = this.#accounts.get(installation) ?? opened;
    this.#accounts.set(installation, account);
    if (account.hour.endsAt <= now) account.hour = { endsAt: now + hourMs, used: 0 };
    dropBefore(account.content, (at) => at <= now - hourMs);
    dropBefore(account.points, ({ at }) => at <= now - minuteMs);
    return account;
  }
}

function exceededBy(account: Account, limits: LimitsEnforced, creates: boolean, now: number): LimitName | null {
  if (account.hour.used > limits.requestsPerHour) return "requestsPerHour";
  const inMinute = account.content.filter((at) => at > now - minuteMs).length;
  if (creates && inMinute > limits.contentPerMinute) return "contentPerMinute";
  if (creates && account.content.length > limits.contentPerHour) return "contentPerHour";
  const spent = account.points.reduce((sum, each) => sum + each.points, 0);
  if (spent > limits.pointsPerMinute) return "pointsPerMinute";
  return account.underWay > limits.atOnce ? "atOnce" : null;
}

function hourHeaders({ hour }: Account, { requestsPerHour }: LimitsEnforced): Record<string, string> {
  return {
    "x-ratelimit-limit": String(requestsPerHour),
    "x-ratelimit-remaining": String(Math.max(0, requestsPerHour - hour.used)),
    "x-ratelimit-used": String(hour.used),
    "x-ratelimit-reset": String(Math.ceil(hour.endsAt / 1000)),
  };
}

function primary(installation: number): Reply {
  const message = `API rate limit exceeded for installation ID ${installation}.`;
  return { status: 403, body: { message, documentation_url: documentation } };
}

function tooFast(): Reply {
  const body = { message: secondary, documentation_url: `${documentation}#about-secondary-rate-limits` };
  return { status: 403, body, headers: { "retry-after": String(retryAfterSeconds) } };
}

/** Rows are in the order of time. */
function dropBefore<T>(rows: T[], isOver: (row: T) => boolean): void {
  const first = rows.findIndex((row) => !isOver(row));
  rows.splice(0, first === -1 ? rows.length : first);
}
