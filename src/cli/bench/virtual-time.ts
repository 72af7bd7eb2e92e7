/** A clock that stands still while there is work, and jumps to the next alarm when there is none. */
export type VirtualTime = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves that many milliseconds later. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Rings at that time, in milliseconds since the epoch. */
  readonly at: (ms: number, ring: () => void) => void;
  /** Jumps to the next alarm and rings it; false when there is none. */
  readonly jump: () => boolean;
};

type Alarm = { readonly at: number; readonly ring: () => void };

/** Virtual time from `start` on. */
export function createVirtualTime(start: number): VirtualTime {
  let now = start;
  /** The next one is the last; of two at one time, the one that was set first. */
  const alarms: Alarm[] = [];
  const at = (ms: number, ring: () => void) => {
    if (!Number.isFinite(ms)) throw new RangeError(`There is no time ${ms} to ring at.`);
    let low = 0;
    let high = alarms.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((alarms[middle]?.at ?? 0) > ms) low = middle + 1;
      else high = middle;
    }
    alarms.splice(low, 0, { at: ms, ring });
  };
  return {
    now: () => now,
    at,
    sleep: (ms) => new Promise((resolve) => at(now + Math.max(0, ms), resolve)),
    jump() {
      const next = alarms.pop();
      if (next === undefined) return false;
      now = Math.max(now, next.at);
      next.ring();
      return true;
    },
  };
}
