/** What a model server says of its own queue; requests. */
export type ServerLoad = { readonly running: number; readonly waiting: number };

/** How many requests at once a host is given: found by trying, as TCP finds a window. Pure. */
export type ConcurrencyLimit = {
  /** At least 1. */
  readonly current: number;
  /** An answer came; `msPerToken` by `paceOf`, `inFlight` with this one. */
  answered(msPerToken: number, inFlight: number): void;
  /** The host refused for being asked too much, or did not answer in time. */
  overloaded(): void;
  /** The server told its queue: from now on that decides and not the pace; null when it does not tell any more. */
  observed(load: ServerLoad | null, inFlight: number): void;
};

export type LimitOptions = { readonly initial: number; readonly max: number };

/** Twice as slow as at its best: more requests at once only wait for one another. */
const tooSlow = 2;
/** A new value's share in the smoothed pace. */
const smoothing = 0.2;

/** Requests that may wait in the server, so that its next batch is full, without being a queue. */
export function isQueueing({ running, waiting }: ServerLoad): boolean {
  return waiting > Math.max(2, running / 10);
}

/**
 * Milliseconds for a token, by which answers of different lengths compare. Reading a token takes about a sixteenth of
 * writing one on usual hardware.
 */
export function paceOf(ms: number, tokensIn: number, tokensOut: number): number {
  return ms / (1 + tokensOut + tokensIn / 16);
}

/**
 * Grows while it is used up and nothing queues, first quickly, then by one a round; shrinks when the server's queue
 * grows or, where it does not tell, when answers take much longer than they did.
 */
export function createConcurrencyLimit({ initial, max }: LimitOptions): ConcurrencyLimit {
  let limit = Math.max(1, Math.min(initial, max));
  let probing = true;
  let told = false;
  let queued = false;
  let sinceCut = 0;
  let best = Number.POSITIVE_INFINITY;
  let smoothed: number | null = null;

  function cut(factor: number): void {
    limit = Math.max(1, limit * factor);
    probing = false;
    sinceCut = 0;
  }

  /** What was in flight at the last cut says nothing of the new limit. */
  const mayCut = (): boolean => probing || sinceCut >= limit;

  const usedUp = (inFlight: number): boolean => inFlight >= Math.floor(limit);

  return {
    get current() {
      return Math.max(1, Math.floor(limit));
    },
    answered(msPerToken, inFlight) {
      sinceCut += 1;
      smoothed = smoothed === null ? msPerToken : smoothed + smoothing * (msPerToken - smoothed);
      best = Math.min(best, smoothed);
      if (told) return;
      if (limit < 2 && smoothed > tooSlow * best) {
        // Alone nobody waits for another: the host itself got slower, by another model or longer prompts.
        best = smoothed;
        probing = true;
      }
      if (smoothed > tooSlow * best) {
        if (mayCut()) cut(0.9);
      } else if (usedUp(inFlight)) {
        limit = Math.min(max, limit + (probing ? 1 : 1 / limit));
      }
    },
    overloaded() {
      if (mayCut()) cut(0.5);
    },
    observed(load, inFlight) {
      told = load !== null;
      const queuedBefore = queued;
      queued = load !== null && isQueueing(load);
      if (load === null) return;
      // Between two steps of its engine a server has a queue for a moment: only one that is seen twice in a row is one.
      if (queued && queuedBefore) cut(0.8);
      else if (queued) return;
      else if (usedUp(inFlight)) limit = Math.min(max, probing ? limit * 1.5 : limit + 1);
    },
  };
}
