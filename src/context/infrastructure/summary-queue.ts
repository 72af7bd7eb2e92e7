import type { Processor, Queue } from "bullmq";
import type { Logger } from "pino";
import { z } from "zod";
import type { FleetEvent } from "../../kernel/event.ts";
import { jobId } from "../../platform/queue/job-id.ts";
import { processorOf } from "../../platform/queue/processor-of.ts";
import { type WriteSummaryDeps, writeSummary } from "../application/write-summary.ts";
import { endsChapter } from "../domain/summary.ts";

/** The queue of summaries that a model is to write (job id = story and the event up to which it tells). */
export const summaryQueue = "summaries";

const jobSchema = z.object({
  subject: z.object({
    installation: z.int(),
    repository: z.int(),
    story: z.string(),
    task: z.null(),
  }),
  upTo: z.string(),
  correlationId: z.string(),
});

export type SummaryJob = z.infer<typeof jobSchema>;

/** Asks for a story's summary where an event ends a chapter of it; the same event twice is one job. */
export function createRequestSummary(queue: Queue<SummaryJob>): (event: FleetEvent) => Promise<void> {
  return async (event) => {
    const { installation, repository, story } = event.subject;
    if (story === null || !endsChapter(event)) return;
    const { id: upTo, correlationId } = event;
    const data: SummaryJob = { subject: { installation, repository, story, task: null }, upTo, correlationId };
    await queue.add("sum-up", data, { jobId: jobId(story, upTo) });
  };
}

/** The consumer of `summaries`. */
export function createSummaryProcessor(deps: WriteSummaryDeps, logger: Logger): Processor<unknown, void> {
  return processorOf(
    jobSchema,
    async (asked, { logger: log, signal }) => {
      const { kind, ...more } = await writeSummary(deps, asked, signal);
      if (kind === "template") log.info({ story: asked.subject.story, ...more }, "the template's summary stays");
    },
    logger,
  );
}
