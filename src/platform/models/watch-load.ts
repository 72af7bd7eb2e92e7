import type { Host } from "./host.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** Looks at a server's queue while requests run there. */
export type LoadWatch = {
  /** What it told last; null where it does not tell. */
  readonly last: ServerMetrics | null;
  /** Requests run: looks until `busy` says that none does. */
  wake(): void;
};

export type LoadWatchOptions = {
  readonly host: Pick<Host, "metrics">;
  /** Between two looks, in milliseconds. */
  readonly everyMs: number;
  readonly busy: () => boolean;
  /** After each look; null where the server does not tell. */
  readonly seen: (metrics: ServerMetrics | null) => void;
  /** A server that told before has not answered several times in a row. */
  readonly lost: () => void;
};

/** Looks in vain before a host counts as lost: the first are a server that has no time for anything but its batch. */
const patience = 3;
/** After this many looks at a server that tells nothing, it is looked at again. */
const skipped = 60;

export function watchLoad({ host, everyMs, busy, seen, lost }: LoadWatchOptions): LoadWatch {
  let last: ServerMetrics | null = null;
  let timer: NodeJS.Timeout | null = null;
  let inVain = 0;
  let skip = 0;

  async function look(): Promise<void> {
    const metrics = await host.metrics();
    if (metrics === "silent" && last !== null) {
      inVain += 1;
      if (inVain < patience) return;
    }
    inVain = 0;
    const wasLost = metrics === "silent" && last !== null;
    last = metrics === "silent" ? null : metrics;
    if (last === null) skip = skipped;
    seen(last);
    if (wasLost) lost();
  }

  async function tick(): Promise<void> {
    if (skip > 0) skip -= 1;
    else await look();
    timer = null;
    wake();
  }

  function wake(): void {
    if (timer !== null || !busy()) return;
    timer = setTimeout(() => void tick(), everyMs);
    // The requests keep the process alive, and not the look at them.
    timer.unref();
  }

  return {
    get last() {
      return last;
    },
    wake,
  };
}
