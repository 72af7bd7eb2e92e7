/** Keeps when something was going on, to tell how long at least one thing was. */
export type BusyTime = {
  /** Notes the time that the work takes, also where it fails. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Notes something that ends now and took `ms` milliseconds. */
  ended(ms: number): void;
  /** How long anything was going on, overlaps counted once; milliseconds. */
  total(): number;
};

export function createBusyTime(now: () => number = () => performance.now()): BusyTime {
  const spans: { readonly from: number; readonly to: number }[] = [];
  return {
    async during(work) {
      const from = now();
      try {
        return await work();
      } finally {
        spans.push({ from, to: now() });
      }
    },
    ended(ms) {
      const to = now();
      spans.push({ from: to - ms, to });
    },
    total() {
      let total = 0;
      let until = Number.NEGATIVE_INFINITY;
      for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
        total += Math.max(0, to - Math.max(from, until));
        until = Math.max(until, to);
      }
      return total;
    },
  };
}
