import { setTimeout as pause } from "node:timers/promises";
import type { NamedRepository } from "../github/reconcile/named-repository.ts";
import type { Environment } from "../platform/config/environment.ts";
import { createLogger } from "../platform/logging/create-logger.ts";
import { openQueues } from "../platform/queue/open-queues.ts";
import { askForTimer, type TimerJob, timersQueue } from "../wiring/start-timers.ts";

/** The longest that a reconcile of all stories is waited for, in milliseconds. */
const longestMs = 30 * 60 * 1000;
const lookMs = 500;

export type ReconcileOptions = {
  /** Narrows it to one repository. */
  readonly repo?: NamedRepository;
};

/**
 * `fleet reconcile`: asks the running fleet to compare every open story with GitHub now, waits, and prints what was
 * repaired as one JSON line. Returns the exit code: 1 where no fleet took it up in time, it does not know the repository, or
 * it failed.
 */
export async function runReconcile(environment: Environment, { repo }: ReconcileOptions): Promise<number> {
  const logger = createLogger(environment.log);
  const queues = await openQueues({ valkeyUrl: environment.valkeyUrl, dataDir: environment.dataDir, logger });
  try {
    const queue = queues.queue<TimerJob>(timersQueue);
    const id = await askForTimer(queue, { timer: "reconcile", ...(repo === undefined ? {} : { repository: repo }) });
    for (const deadline = Date.now() + longestMs; Date.now() < deadline; await pause(lookMs)) {
      const job = await queue.getJob(id);
      if (job?.finishedOn === undefined) continue;
      if (job.failedReason !== undefined) {
        console.error(`The reconcile failed: ${job.failedReason}`);
        return 1;
      }
      console.log(JSON.stringify(job.returnvalue));
      return 0;
    }
    console.error("No running fleet took it up; every start of one reconciles by itself.");
    return 1;
  } finally {
    await queues.close(0);
  }
}
