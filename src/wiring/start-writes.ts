import type { Logger } from "pino";
import { z } from "zod";
import { withUrgency } from "../github/budget/urgency.ts";
import { followRepository } from "../github/repositories/follow-repositories.ts";
import { followDepsOf } from "../github/translate/app-deps.ts";
import type { WriteCost } from "../github/write/on.ts";
import { reportFailedWrite } from "../github/write/report-failed-write.ts";
import { answersQueue, writesQueue } from "../github/write/write-target.ts";
import { createWriter } from "../github/write/writer.ts";
import type { Clock } from "../kernel/clock.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import { councilFailed } from "../workflow/application/council-failed.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { GitHubConnection } from "./connect-github.ts";
import { onFailedForGood } from "./on-failed-for-good.ts";

export type WritesOptions = {
  readonly queues: QueueEngine;
  readonly github: GitHubConnection;
  readonly contexts: Contexts;
  readonly simulated?: string | null;
  readonly written?: (key: string, cost: WriteCost) => void;
  readonly clock?: Clock;
  readonly logger: Logger;
};

/** Jobs at once; their requests go one by one where GitHub asks for a pace. */
const atOnce = 4;

/**
 * Starts what writes to GitHub: a worker for what people wait for, and one for everything else, so that no answer stands
 * behind a status comment. A target belongs to one of the two, so that nothing is created twice.
 */
export function startWrites(options: WritesOptions): void {
  const { queues, github, contexts, simulated = null, written, clock = Date.now, logger } = options;
  const { planning, workflow, configurations, councilPolicy } = contexts.appDeps;
  const writer = createWriter({
    octokitFor: github.octokitFor,
    identityOf: github.identityOf,
    configurationOf: (ref) => configurations.of(ref),
    councilPolicy,
    standingOf: (repository) => contexts.appDeps.repositories.of(repository),
    follow: (ref) => followRepository(followDepsOf(contexts.appDeps), ref),
    reads: {
      story: planning.getStory,
      task: workflow.getTask,
      tasksOf: (storyId) => workflow.findTasks({ storyId }),
      latestCouncil: contexts.deliberation.latestCouncil,
      ceremony: planning.getCeremony,
      latestAdvice: contexts.deliberation.latestAdvice,
      ceremoniesOf: planning.ceremoniesOf,
      decisions: planning.decisions,
      council: contexts.deliberation.get,
      storyRoom: workflow.storyRoom,
      spentOn: contexts.deliberation.spentOn,
      budgetAccounts: contexts.deliberation.councils.budgetAccounts,
    },
    facts: {
      linkTask: workflow.linkTask,
      recordHead: workflow.recordHead,
      passTests: workflow.passTests,
      recordMerge: workflow.recordMerge,
      councilFailed: (facts) => councilFailed(contexts.workflow, { ...facts, deliveryId: null }),
    },
    ...(written === undefined ? {} : { written }),
    simulated,
    clock,
    log: logger,
  });
  for (const [queue, urgency] of [
    [answersQueue, "answer"],
    [writesQueue, "status"],
  ] as const) {
    const process = (data: unknown) => withUrgency(urgency, () => writer.process(data));
    const worker = queues.worker(queue, processorOf(z.unknown(), process, logger), { concurrency: atOnce });
    onFailedForGood(worker, logger, (job, incident) => reportFailedWrite(contexts.appDeps.write, job.data, incident));
  }
}
