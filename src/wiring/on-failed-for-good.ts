import type { Job, Worker } from "bullmq";
import type { Logger } from "pino";

/** Calls `tell` once for each job that is not tried again, with the incident under which the log has its cause. */
export function onFailedForGood(
  worker: Pick<Worker, "on">,
  logger: Logger,
  tell: (job: Job, incident: string) => Promise<void>,
): void {
  worker.on("failed", (job, error) => {
    if (job?.finishedOn === undefined) return;
    const incident = "incident" in error && typeof error.incident === "string" ? error.incident : (job.id ?? "");
    tell(job, incident).catch((failure: unknown) =>
      logger.error({ job: job.id, err: failure }, "a failure could not be reported"),
    );
  });
}
