import { setTimeout as wait } from "node:timers/promises";
import type { Processor, Queue } from "bullmq";
import type { Logger } from "pino";
import { z } from "zod";
import { jobId } from "../../platform/queue/job-id.ts";
import { processorOf } from "../../platform/queue/processor-of.ts";
import type { SavedOf } from "../application/follow-deliberation.ts";
import { type GoOnDeps, goOnAfterRestart } from "../application/go-on-after-restart.ts";
import {
  type DeliberationJob,
  type DeliberationReport,
  deliberationJobSchema,
  deliberationReportSchema,
  type RestartAnswer,
  restartAnswerSchema,
  restartReportSchema,
} from "../application/job.ts";
import { type RecordDeps, recordReport } from "../application/record-report.ts";
import type { TellRestart } from "../application/take-up.ts";

/** The data of a job on the `deliberations` queue: what to do, and what an earlier attempt saved. */
export const queuedDeliberationSchema = z.object({ job: z.unknown(), saved: z.unknown() });

export type QueuedDeliberation = z.infer<typeof queuedDeliberationSchema>;

/** Puts deliberations on the queue: job id = deliberation id, so that the same one twice is one job. */
export function createEnqueueDeliberation(queue: Queue<QueuedDeliberation>): (job: DeliberationJob) => Promise<void> {
  return async (job) => {
    await queue.add("deliberate", { job, saved: null }, { jobId: jobId(job.deliberationId) });
  };
}

/** Data of a mark: the id says everything. */
type Mark = Record<string, never>;

/** The queue on which stopped deliberations are marked; nobody works on it, the workers look a mark up by its id. */
export const cancellationQueue = "deliberation-cancellations";

function markOf(deliberationId: string): string {
  return jobId("cancelled", deliberationId);
}

/**
 * Stops a deliberation's job. It is marked first, so that a worker that takes it in the meantime sees the mark; then a job
 * that still waits is taken off the queue.
 */
export function createCancelDeliberation(
  jobs: Queue<QueuedDeliberation>,
  marks: Queue<Mark>,
): (deliberationId: string) => Promise<void> {
  return async (deliberationId) => {
    const job = await jobs.getJob(jobId(deliberationId));
    if (job !== undefined && ((await job.isCompleted()) || (await job.isFailed()))) return;
    await marks.add("cancel", {}, { jobId: markOf(deliberationId) });
    // A job that a worker holds is not removed (0): that worker sees the mark.
    if (job !== undefined && (await jobs.remove(jobId(deliberationId))) === 1)
      await marks.remove(markOf(deliberationId));
  };
}

/** Whether a deliberation was stopped, for the worker that is at it; and the mark's removal when it is over. */
export function createCancellations(marks: Queue<Mark>) {
  return {
    isCancelled: async (deliberationId: string) => (await marks.getJob(markOf(deliberationId))) !== undefined,
    forget: async (deliberationId: string) => void (await marks.remove(markOf(deliberationId))),
  };
}

export type Cancellations = ReturnType<typeof createCancellations>;

/** What is needed of a queue to see whether a job of it is over. */
type FindJob = {
  getJob(id: string): Promise<{ isCompleted(): Promise<boolean>; isFailed(): Promise<boolean> } | undefined>;
};

/** Whether a deliberation's job is not over, or the report of its end not taken in. The report is sent before the end. */
export function createIsUnderWay(jobs: FindJob, reports: FindJob): (deliberationId: string) => Promise<boolean> {
  const isOpen = async (queue: FindJob, id: string) => {
    const job = await queue.getJob(id);
    return job !== undefined && !(await job.isCompleted()) && !(await job.isFailed());
  };
  return async (deliberationId) =>
    (await isOpen(jobs, jobId(deliberationId))) || (await isOpen(reports, jobId(deliberationId, "end")));
}

/** What workers keep of a deliberation, for whoever follows it. */
export function createSavedOf(jobs: Pick<Queue<QueuedDeliberation>, "getJob">): SavedOf {
  return async (deliberationId) => {
    const data = (await jobs.getJob(jobId(deliberationId)))?.data;
    const job = deliberationJobSchema.safeParse(data?.job).data;
    return job === undefined ? null : { job, saved: data?.saved };
  };
}

/** What is needed of a queue to see who waits. */
type WaitingJobs = {
  getWaiting(start: number, end: number): Promise<readonly { readonly data: QueuedDeliberation }[]>;
};

/** Waiting deliberations that are looked at; whoever stands further behind only knows that it waits. */
const lookedAt = 50;

/** Deliberations that wait for a worker, the next one first. */
export async function waitingDeliberations(queue: WaitingJobs): Promise<readonly DeliberationJob[]> {
  const jobs = await queue.getWaiting(0, lookedAt - 1);
  return jobs.flatMap((job) => deliberationJobSchema.safeParse(job.data.job).data ?? []);
}

/** Sends reports back: one job per status and one for the end, so that the repeats of a resumed worker vanish. */
export function createSendReport(queue: Queue<DeliberationReport>): (report: DeliberationReport) => Promise<void> {
  return async (report) => {
    const step = report.kind === "progress" ? report.status : "end";
    await queue.add(report.kind, report, { jobId: jobId(report.deliberationId, step) });
  };
}

/** So often a worker looks whether its restart was answered, and so long it waits for somebody to begin with it (ms). */
const answerLookMs = 100;
const answerPatienceMs = 20_000;

/**
 * Sends a restart as a report and waits for its answer. Where nobody takes it (the graph's side is away) it is withdrawn and the
 * worker goes on with what it knows; once somebody is at it the answer is waited for, so that the record says what is true. An abort ends the waiting.
 */
export function createTellRestart(queue: Queue, logger: Logger, patienceMs = answerPatienceMs): TellRestart {
  return async (report, signal) => {
    const id = jobId(report.deliberationId, "restart", String(report.times));
    await queue.add(report.kind, report, { jobId: id });
    const impatientAt = Date.now() + patienceMs;
    while (!signal.aborted) {
      const job = await queue.getJob(id);
      const isOver = job?.finishedOn !== undefined;
      const isLeft = Date.now() > impatientAt && ((await job?.isWaiting()) || (await job?.isDelayed()));
      // What is over is taken away: it is long, and nobody else asks for it.
      const isGone = job === undefined || ((isOver || isLeft) && (await queue.remove(id)) === 1);
      const answer = isOver && job.failedReason === undefined ? restartAnswerSchema.safeParse(job.returnvalue) : null;
      if (answer?.success === true) return answer.data;
      if (isOver || isGone) {
        const { deliberationId: deliberation } = report;
        logger.warn(
          { deliberation, reason: job?.failedReason },
          "no answer to a restart: the council is told nothing new",
        );
        return null;
      }
      // Its only failure is the abort.
      await wait(answerLookMs, undefined, { signal }).catch(() => {});
    }
    return null;
  };
}

const anyReportSchema = z.union([deliberationReportSchema, restartReportSchema]);

/**
 * The consumer of `deliberation-results`, on the graph's side; `recorded` hears of each report after that. A restart is answered by
 * the job's result.
 */
export function createReportProcessor(
  deps: RecordDeps & GoOnDeps,
  logger: Logger,
  recorded: (report: DeliberationReport) => Promise<void> = async () => {},
): Processor<unknown, RestartAnswer> {
  return processorOf(
    anyReportSchema,
    async (report) => {
      if (report.kind === "restarted") return goOnAfterRestart(deps, report);
      await recordReport(deps, report);
      await recorded(report);
      return null;
    },
    logger,
  );
}
