import type { Job, Processor } from "bullmq";
import type { Logger } from "pino";
import { PermanentError, RetryableError } from "../../kernel/errors.ts";
import { processorOf } from "../../platform/queue/processor-of.ts";
import { type DeliberationJob, type DeliberationReport, deliberationJobSchema } from "../application/job.ts";
import { DeliberationCancelled, runDeliberation } from "../application/run-deliberation.ts";
import type { DeliberationDeps } from "../application/session.ts";
import { type QueuedDeliberation, queuedDeliberationSchema } from "./deliberation-queues.ts";

export type WorkerDeps = DeliberationDeps & {
  readonly report: (report: DeliberationReport) => Promise<void>;
  readonly logger: Logger;
};

/** The reason to give to `worker.cancelJob(id, reason)` so that the deliberation ends as cancelled. */
export const cancelReason = "cancelled";

/**
 * The processor of the `deliberations` queue (a worker without the graph). Finished steps are kept in the job's data, so
 * that another worker goes on where a killed one stopped. A job that can never be done, or whose attempts are used up,
 * is reported as failed: the graph's side always hears of an end.
 */
export function createDeliberationProcessor(deps: WorkerDeps): Processor<unknown, void> {
  return processorOf(
    queuedDeliberationSchema,
    async (data, { job, logger, signal }) => {
      const parsed = deliberationJobSchema.safeParse(data.job);
      if (!parsed.success) throw new PermanentError("The deliberation's job does not have its shape.");
      const log = logger.child({ deliberation: parsed.data.deliberationId, story: parsed.data.subject.story });
      try {
        await runDeliberation(deps, parsed.data, {
          signal: cancellable(signal),
          saved: data.saved,
          save: (saved) => job.updateData({ job: parsed.data, saved } satisfies QueuedDeliberation),
          report: deps.report,
        });
      } catch (error) {
        if (!signal.aborted && isLast(job, error)) await giveUp(deps, parsed.data, error, log);
        throw error;
      }
    },
    deps.logger,
  );
}

/** A cancellation ends the deliberation; any other abort (the worker stops) leaves it to the next worker. */
function cancellable(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void =>
    controller.abort(
      signal.reason === cancelReason
        ? new DeliberationCancelled("The deliberation was cancelled.")
        : new RetryableError("The worker stops.", 0),
    );
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return controller.signal;
}

function isLast(job: Job, error: unknown): boolean {
  if (error instanceof RetryableError) return false;
  return error instanceof PermanentError || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
}

async function giveUp(
  deps: WorkerDeps,
  { deliberationId }: DeliberationJob,
  error: unknown,
  log: Logger,
): Promise<void> {
  const known = error instanceof PermanentError;
  log.error({ kind: error instanceof Error ? error.name : "unknown" }, "the deliberation is given up");
  const reason = known ? error.message : "The worker failed again and again; its log says more.";
  await deps.report({ kind: "failed", deliberationId, status: "failed", reason });
}
