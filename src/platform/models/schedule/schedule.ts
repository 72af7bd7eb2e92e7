import { chooseHost, type HostView } from "./choose-host.ts";
import { type Claim, createFairQueue } from "./fair-queue.ts";

/** A call that waits for a host. */
export type Call = Claim & {
  /** Names the beginning that its prompt shares with others; null where nothing is shared. */
  readonly prefix: string | null;
  /** Base URL of the host that is taken of equals, where nothing is shared. */
  readonly preferred?: string | undefined;
};

/** What becomes of a call: the host that it goes to, or null when no host could ever serve it. */
export type Placement<C> = { readonly call: C; readonly host: string | null };

/** Which call goes to which host, and when. Pure: hosts and times come from outside, so virtual ones do as well. */
export type Schedule<C extends Call> = {
  readonly waiting: number;
  submit(call: C, now: number): void;
  /** False when it went already. */
  withdraw(call: C): boolean;
  /**
   * The next call that can be placed; null when every one must wait. A call whose hosts are all taken lets those behind
   * it pass that find a free one.
   */
  next(now: number, viewsOf: (call: C) => readonly HostView[]): Placement<C> | null;
  /** A placed call is over; `actualCost` in weighted tokens. */
  finished(call: C, actualCost: number): void;
};

export function createSchedule<C extends Call>(agingMs?: number): Schedule<C> {
  const queue = createFairQueue<C>(agingMs);
  return {
    get waiting() {
      return queue.size;
    },
    submit: queue.add,
    withdraw: queue.remove,
    next(now, viewsOf) {
      for (const call of queue.inOrder(now)) {
        const chosen = chooseHost(viewsOf(call), call.prefix, call.preferred);
        if (chosen === null) {
          queue.remove(call);
          return { call, host: null };
        }
        if (chosen.url !== null) {
          queue.take(call);
          return { call, host: chosen.url };
        }
      }
      return null;
    },
    finished: queue.settle,
  };
}
