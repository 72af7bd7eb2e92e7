import type { Logger } from "pino";
import { z } from "zod";
import { followRepository } from "../github/repositories/follow-repositories.ts";
import { followDepsOf } from "../github/translate/app-deps.ts";
import type { WriteCost } from "../github/write/on.ts";
import { createWriteBudget, gitHubWriteLimits } from "../github/write/write-budget.ts";
import { writesQueue } from "../github/write/write-target.ts";
import { createWriter } from "../github/write/writer.ts";
import { processorOf } from "../platform/queue/processor-of.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import { councilFailed } from "../workflow/application/council-failed.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { GitHubConnection } from "./connect-github.ts";

export type WritesOptions = {
  readonly queues: QueueEngine;
  readonly github: GitHubConnection;
  readonly contexts: Contexts;
  readonly simulated?: string | null;
  readonly written?: (key: string, cost: WriteCost) => void;
  readonly logger: Logger;
};

/** Starts the only worker that writes to GitHub; one write at a time where GitHub asks for a pace. */
export function startWrites({ queues, github, contexts, simulated = null, written, logger }: WritesOptions): void {
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
      council: contexts.deliberation.get,
      spentOn: (story) => contexts.deliberation.spentOn({ story }),
      tokensSince: async (repository, since) => {
        const { tokens } = await contexts.deliberation.spentOn({ repository, since });
        return tokens.in + tokens.out;
      },
    },
    facts: {
      linkTask: workflow.linkTask,
      recordHead: workflow.recordHead,
      recordMerge: workflow.recordMerge,
      councilFailed: (facts) => councilFailed(contexts.workflow, { ...facts, deliveryId: null }),
    },
    spend: createWriteBudget(github.paced ? gitHubWriteLimits : null, Date.now),
    ...(written === undefined ? {} : { written }),
    simulated,
    clock: Date.now,
    log: logger,
  });
  queues.worker(
    writesQueue,
    processorOf(z.unknown(), (data) => writer.process(data), logger),
    { concurrency: github.paced ? 1 : 4 },
  );
}
