import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "../platform/config/environment.ts";
import { createLogger } from "../platform/logging/create-logger.ts";
import { openQueues } from "../platform/queue/open-queues.ts";
import { askForTimer, type TimerJob, timersQueue } from "../wiring/start-timers.ts";

const lookMs = 500;

/** What became of a question to the running fleet: its answer, or one sentence why there is none. */
export type FleetAnswer =
  | { readonly kind: "answer"; readonly value: unknown }
  | { readonly kind: "none"; readonly why: "nobody" | "failed"; readonly reason: string };

/** Has the running fleet do one of its timers' work now, and waits for what it answers; at most `longestMs`. */
export async function askFleet(environment: Environment, job: TimerJob, longestMs: number): Promise<FleetAnswer> {
  // Standard output is the answer alone.
  const logger = createLogger({ ...environment.log, stream: process.stderr });
  const queues = await openQueues({ valkeyUrl: environment.valkeyUrl, dataDir: environment.dataDir, logger });
  try {
    const queue = queues.queue<TimerJob>(timersQueue);
    const id = await askForTimer(queue, job);
    for (const deadline = Date.now() + longestMs; Date.now() < deadline; await pause(lookMs)) {
      const asked = await queue.getJob(id);
      if (asked?.finishedOn === undefined) continue;
      if (asked.failedReason !== undefined) return { kind: "none", why: "failed", reason: asked.failedReason };
      return { kind: "answer", value: asked.returnvalue };
    }
    return { kind: "none", why: "nobody", reason: "No running fleet took it up." };
  } finally {
    await queues.close(0);
  }
}
