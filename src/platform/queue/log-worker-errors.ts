import type { Worker } from "bullmq";
import type { Logger } from "pino";

const lossCodes = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"]);

/** Whether the error only says that the server does not answer at the moment. ENOENT: the unix socket is gone. */
export function isConnectionLoss(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return lossCodes.has(code) || error.message === "Connection is closed.";
}

/**
 * Whether the error only says that a job is no longer this worker's: its lock ran out while the server was away or the
 * machine too busy to renew it. Whoever holds it now runs it again, and every consumer is convergent.
 */
export function isLockLoss(error: Error): boolean {
  return /^(?:could not renew lock for|Lock mismatch for|Missing lock for)/.test(error.message);
}

/**
 * Logs what goes wrong in a worker outside its jobs, and jobs that end as failed. A lost connection shows once, in the
 * connection's own log line; BullMQ repeats it here for every attempt.
 */
export function logWorkerErrors(worker: Worker, logger: Logger): void {
  worker.on("error", (err) => {
    if (isConnectionLoss(err)) {
      logger.debug({ err }, "queue worker lost its connection");
    } else if (isLockLoss(err)) {
      logger.warn({ reason: err.message }, "a job is not this worker's any more, it runs again");
    } else {
      logger.error({ err }, "queue worker error");
    }
  });
  worker.on("stalled", (job) => logger.warn({ job }, "a job's worker is gone, the job runs again"));
  worker.on("lockRenewalFailed", (jobs) => logger.warn({ jobs }, "job locks could not be renewed"));
  worker.on("failed", (job, err) => {
    if (job === undefined || job.finishedOn !== undefined) {
      logger.error({ job: job?.id, attempts: job?.attemptsMade, reason: err.message }, "job failed for good");
    }
  });
}
