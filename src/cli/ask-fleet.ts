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

/**
 * Has the running fleet do one of its timers' work now, and waits for what it answers; at most `longestMs`. Where no fleet listens,
 * nothing is asked: the question would wait for the next one that starts.
 */
export async function askFleet(environment: Environment, job: TimerJob, longestMs: number): Promise<FleetAnswer> {
  // Standard output is the answer alone.
  const logger = createLogger({ ...environment.log, stream: process.stderr });
  const queues = await openQueues({ valkeyUrl: environment.valkeyUrl, dataDir: environment.dataDir, logger });
  try {
    const queue = queues.queue<TimerJob>(timersQueue);
    // Null: a server that does not tell who is connected to it.
    const listening = await queue.getWorkersCount().catch(() => null);
    if (listening === 0) return { kind: "none", why: "nobody", reason: nobodyListens(environment) };
    const id = await askForTimer(queue, job);
    for (const deadline = Date.now() + longestMs; Date.now() < deadline; await pause(lookMs)) {
      const asked = await queue.getJob(id);
      if (asked?.finishedOn === undefined) continue;
      if (asked.failedReason !== undefined) return { kind: "none", why: "failed", reason: asked.failedReason };
      return { kind: "answer", value: asked.returnvalue };
    }
    const waited = `The fleet did not answer within ${longestMs / 1_000} s; its log may say why.`;
    return { kind: "none", why: "nobody", reason: waited };
  } finally {
    await queues.close(0);
  }
}

function nobodyListens({ valkeyUrl, dataDir }: Environment): string {
  // The address may hold a password.
  return valkeyUrl === undefined
    ? `No fleet runs on FLEET_DATA_DIR=${dataDir}. Start it (npm start), or name the directory of the one that runs; the demo's is .fleet/demo/fleet, the playground's .fleet/playground/fleet.`
    : "No fleet runs on the queues of VALKEY_URL. Start it (npm start), or name the Valkey of the one that runs.";
}
