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
  /** The clock of the limits, in milliseconds; the server's own if absent. */
  readonly clock?: () => number;
}

/** GitHub's documented limits of one installation. */
export const documentedLimits: LimitsEnforced = {
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  requestsPerHour: 5_000,
  atOnce: 100,
};

const noLimits: LimitsEnforced = {
  contentPerMinute: Number.POSITIVE_INFINITY,
  contentPerHour: Number.POSITIVE_INFINITY,
  pointsPerMinute: Number.POSITIVE_INFINITY,
  requestsPerHour: Number.POSITIVE_INFINITY,
  atOnce: Number.POSITIVE_INFINITY,
};

const minuteMs = 60_000;
const hourMs = 3_600_000;
const retryAfterSeconds = 60;
const documentation = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api";
const secondary =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.";

interface Account {
  requests: number[];
  content: number[];
  points: { at: number; points: number }[];
  underWay: number;
}

/** One request on its way through the limits. */
export interface Visit {
  /** The answer, where the request was over a limit. */
  readonly refusal: Reply | null;
  /** It was answered with this status. A 304 does not count against the hour. */
  readonly leave: (status: number) => void;
}

const unlimited: Visit = { refusal: null, leave: () => {} };

/** Enforces limits, and counts each request that was over one of them. */
export class RateLimits {
  readonly #limits: LimitsEnforced | null;
  readonly #clock: () => number;
  readonly #accounts = new Map<number, Account>();
  violations = 0;
  /** What installations asked for, and got: requests that create content, other writes, reads, and reads of a 304. */
  readonly use = { content: 0, edits: 0, reads: 0, notModified: 0 };

  constructor(limits: LimitsEnforced | null, clock: () => number) {
    this.#limits = limits;
    this.#clock = limits?.clock ?? clock;
  }

  /** Counts a request of an installation; of everybody else none is counted. */
  enter(actor: Actor, method: Method, createsContent: boolean): Visit {
    if (actor.kind !== "installation") return unlimited;
    const limits = this.#limits ?? noLimits;
    const now = this.#clock();
    const account = this.#account(actor.installation.id, now);
    account.underWay += 1;
    account.requests.push(now);
    account.points.push({ at: now, points: method === "GET" ? 1 : 5 });
    if (createsContent) account.content.push(now);
    const leave = (status: number) => {
      account.underWay -= 1;
      if (status === 304) account.requests.pop();
      if (method !== "GET") this.use[createsContent ? "content" : "edits"] += 1;
      else this.use[status === 304 ? "notModified" : "reads"] += 1;
    };
    if (account.requests.length > limits.requestsPerHour) {
      return { refusal: this.#refuse(primary(actor.installation.id, now)), leave };
    }
    if (!isOver(account, limits, createsContent, now)) return { refusal: null, leave };
    const body = { message: secondary, documentation_url: `${documentation}#about-secondary-rate-limits` };
    const headers = { "retry-after": String(retryAfterSeconds) };
    return { refusal: this.#refuse({ status: 403, body, headers }), leave };
  }

  #refuse(reply: Reply): Reply {
    this.violations += 1;
    return reply;
  }

  #account(installation: number, now: number): Account {
    const account = this.#accounts.get(installation) ?? { requests: [], content: [], points: [], underWay: 0 };
    this.#accounts.set(installation, account);
    dropBefore(account.requests, (at) => at <= now - hourMs);
    dropBefore(account.content, (at) => at <= now - hourMs);
    dropBefore(account.points, ({ at }) => at <= now - minuteMs);
    return account;
  }
}

function isOver(account: Account, limits: LimitsEnforced, createsContent: boolean, now: number): boolean {
  const inMinute = account.content.filter((at) => at > now - minuteMs).length;
  const spent = account.points.reduce((sum, each) => sum + each.points, 0);
  const tooMuchContent = inMinute > limits.contentPerMinute || account.content.length > limits.contentPerHour;
  return (createsContent && tooMuchContent) || spent > limits.pointsPerMinute || account.underWay > limits.atOnce;
}

function primary(installation: number, now: number): Reply {
  return {
    status: 403,
    body: { message: `API rate limit exceeded for installation ID ${installation}.`, documentation_url: documentation },
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.ceil((now + hourMs) / 1000)) },
  };
}

/** Rows are in the order of time. */
function dropBefore<T>(rows: T[], isOver: (row: T) => boolean): void {
  const first = rows.findIndex((row) => !isOver(row));
  rows.splice(0, first === -1 ? rows.length : first);
}
