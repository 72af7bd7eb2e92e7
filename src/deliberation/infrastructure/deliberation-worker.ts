import type { Job, Processor } from "bullmq";
import type { Logger } from "pino";
import { PermanentError, RetryableError } from "../../kernel/errors.ts";
import { processorOf } from "../../platform/queue/processor-of.ts";
import { type DeliberationJob, type DeliberationReport, deliberationJobSchema } from "../application/job.ts";
import { DeliberationCancelled, runDeliberation } from "../application/run-deliberation.ts";
import { usedInSaved } from "../application/saved-state.ts";
import type { DeliberationDeps } from "../application/session.ts";
import { type TellRestart, takeUp } from "../application/take-up.ts";
import { type Cancellations, type QueuedDeliberation, queuedDeliberationSchema } from "./deliberation-queues.ts";

export type WorkerDeps = DeliberationDeps & {
  readonly report: (report: DeliberationReport) => Promise<void>;
  readonly tellRestart: TellRestart;
  readonly cancellations: Cancellations;
  readonly logger: Logger;
};

/** Between two looks at whether somebody stopped the deliberation, in milliseconds: `/stop` works within seconds. */
const lookMs = 1_000;

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
      const { deliberationId } = parsed.data;
      const log = logger.child({ deliberation: deliberationId, story: parsed.data.subject.story });
      const stopping = await watch(deps.cancellations, deliberationId, signal, log);
      try {
        const taken = await takeUp(deps.tellRestart, parsed.data, data.saved, stopping.signal);
        const save = (saved: unknown) => job.updateData({ job: taken.job, saved } satisfies QueuedDeliberation);
        if (taken.saved !== data.saved) await save(taken.saved);
        const { signal } = stopping;
        await runDeliberation(deps, taken.job, { signal, saved: taken.saved, save, report: deps.report });
      } catch (error) {
        if (!signal.aborted && isLast(job, error)) await giveUp(deps, parsed.data, job, error, log);
        throw error;
      } finally {
        stopping.end();
      }
      await deps.cancellations.forget(deliberationId);
    },
    deps.logger,
  );
}

/** Aborts when somebody stopped the deliberation, which ends it, or when the worker stops, which leaves it to the next. */
async function watch(cancellations: Cancellations, deliberationId: string, worker: AbortSignal, log: Logger) {
  const controller = new AbortController();
  const leave = (): void => controller.abort(new RetryableError("The worker stops.", 0));
  const look = async (): Promise<void> => {
    if (await cancellations.isCancelled(deliberationId))
      controller.abort(new DeliberationCancelled("The deliberation was cancelled."));
  };
  if (worker.aborted) leave();
  else worker.addEventListener("abort", leave, { once: true });
  await look();
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.warn({ err: error }, "could not look whether the deliberation was stopped"));
  }, lookMs);
  return { signal: controller.signal, end: () => clearInterval(timer) };
}

function isLast(job: Job, error: unknown): boolean {
  if (error instanceof RetryableError) return false;
  return error instanceof PermanentError || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
}

async function giveUp(
  deps: WorkerDeps,
  { deliberationId }: DeliberationJob,
  job: Job<unknown>,
  error: unknown,
  log: Logger,
): Promise<void> {
  const known = error instanceof PermanentError;
  log.error({ kind: error instanceof Error ? error.name : "unknown" }, "the deliberation is given up");
  const reason = known ? error.message : "The worker failed again and again; its log says more.";
  const saved = queuedDeliberationSchema.safeParse(job.data).data?.saved;
  await deps.report({ kind: "failed", deliberationId, status: "failed", reason, ...usedInSaved(saved, deps.clock()) });
}
