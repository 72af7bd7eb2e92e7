import type { Logger } from "pino";
import type { WriteSummaryDeps } from "../context/application/write-summary.ts";
import {
  createRequestSummary,
  createSummaryProcessor,
  type SummaryJob,
  summaryQueue,
} from "../context/infrastructure/summary-queue.ts";
import type { FleetEvent } from "../kernel/event.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";

export type Summaries = {
  /** Asks for a summary where an event ends a chapter of a story. */
  readonly projected: (event: FleetEvent) => Promise<void>;
  /** Starts the one who writes them, one after the other: nobody waits for a summary, and councils need the hosts. */
  readonly start: () => void;
};

/** Summaries by a model, in a queue of their own; nothing happens where the environment leaves them to the template. */
export function createSummaries(isOn: boolean, queues: QueueEngine, deps: WriteSummaryDeps, logger: Logger): Summaries {
  if (!isOn) return { projected: async () => {}, start: () => {} };
  return {
    projected: createRequestSummary(queues.queue<SummaryJob>(summaryQueue)),
    start: () => void queues.worker(summaryQueue, createSummaryProcessor(deps, logger)),
  };
}
