import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../kernel/clock.ts";
import { RetryableError } from "../../kernel/errors.ts";
import type { BudgetLedger, RequestLimits } from "./budget-ledger.ts";
import type { RequestCost } from "./request-cost.ts";
import { type Urgency, urgencies } from "./urgency.ts";

/** Keeps the App's requests within what GitHub allows an installation. */
export type RequestBudget = {
  /**
   * Resolves when the request may go. Of those that wait the most urgent goes first, also before one that waits longer.
   * @throws RetryableError when there is no room for longer than a worker should sit on its job; it says how long.
   */
  spend(installation: number, cost: RequestCost, urgency: Urgency): Promise<void>;
  /** GitHub refused for being asked too much: nothing more is asked for `ms` milliseconds. */
  block(installation: number, ms: number): Promise<void>;
};

export type BudgetOptions = {
  readonly limits: RequestLimits;
  readonly ledger: BudgetLedger;
  readonly clock: Clock;
  /** How to wait; milliseconds. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** How long a worker waits for its turn; beyond it the job goes back to its queue. Milliseconds. */
  readonly patienceMs?: number;
};

const usualPatienceMs = 5_000;
/** While waiting, somebody more urgent may come: looked at this often, in milliseconds. */
const lookMs = 200;
/** What is not an answer leaves this share of the content to answers, so that nobody is left without one. */
const leftToAnswers = 0.1;

type Waiting = {
  readonly cost: RequestCost;
  readonly urgency: Urgency;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/** A lane of one installation: the requests of one kind that wait, and whether somebody serves them. */
type Lane = { readonly waiting: Waiting[]; served: boolean };

/** The budget on a ledger. Reads never queue behind writes that wait for their second. */
export function createRequestBudget(options: BudgetOptions): RequestBudget {
  const { ledger, limits, clock, wait = pause, patienceMs = usualPatienceMs } = options;
  const lanes = new Map<string, Lane>();

  async function serve(installation: number, lane: Lane): Promise<void> {
    if (lane.served) return;
    lane.served = true;
    for (let next = mostUrgent(lane); next !== undefined; next = mostUrgent(lane)) {
      const waitMs = await take(installation, next);
      if (waitMs > 0 && waitMs <= patienceMs) {
        await wait(Math.min(waitMs, lookMs));
        continue;
      }
      lane.waiting.splice(lane.waiting.indexOf(next), 1);
      if (waitMs === 0) next.resolve();
      else if (waitMs > 0) next.reject(new RetryableError("The budget of requests to GitHub is spent.", waitMs));
    }
    lane.served = false;
  }

  /** Milliseconds to wait; a ledger that fails fails the request, and -1 says that it was told so. */
  async function take(installation: number, next: Waiting): Promise<number> {
    try {
      return await ledger.take(installation, next.cost, limitsFor(next.urgency, limits), clock());
    } catch (error) {
      next.reject(
        new RetryableError("The budget of requests to GitHub is not to be had.", usualPatienceMs, { cause: error }),
      );
      return -1;
    }
  }

  return {
    spend(installation, cost, urgency) {
      const name = `${installation} ${cost.writes ? "writes" : "reads"}`;
      const lane = lanes.get(name) ?? { waiting: [], served: false };
      lanes.set(name, lane);
      return new Promise((resolve, reject) => {
        lane.waiting.push({ cost, urgency, resolve, reject });
        void serve(installation, lane);
      });
    },
    block: (installation, ms) => ledger.block(installation, clock() + ms),
  };
}

function mostUrgent({ waiting }: Lane): Waiting | undefined {
  return urgencies
    .map((urgency) => waiting.find((each) => each.urgency === urgency))
    .find((each) => each !== undefined);
}

function limitsFor(urgency: Urgency, limits: RequestLimits): RequestLimits {
  if (urgency === "answer") return limits;
  return {
    ...limits,
    contentPerMinute: Math.max(1, Math.floor(limits.contentPerMinute * (1 - leftToAnswers))),
    contentPerHour: Math.max(1, Math.floor(limits.contentPerHour * (1 - leftToAnswers))),
  };
}
