import type { Logger } from "pino";
import { type DeliberationReport, deliberationQueues } from "../deliberation/application/job.ts";
import {
  cancellationQueue,
  createCancellations,
  createSendReport,
  createTellRestart,
} from "../deliberation/infrastructure/deliberation-queues.ts";
import { createDeliberationProcessor } from "../deliberation/infrastructure/deliberation-worker.ts";
import type { Sandbox } from "../execution/application/ports.ts";
import { defaultWorktreeRoot } from "../execution/infrastructure/worktrees.ts";
import { validatePlan } from "../planning/domain/plan.ts";
import type { Environment } from "../platform/config/environment.ts";
import type { ModelHosts } from "../platform/models/model-hosts.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import { openChecks } from "./open-checks.ts";
import { openModels } from "./open-models.ts";
import { openPrompting } from "./open-prompting.ts";

export type DeliberationsOptions = {
  readonly environment: Environment;
  readonly queues: QueueEngine;
  readonly logger: Logger;
};

/** A running deliberation worker. */
export type Deliberations = {
  /** Where candidates' code runs; `off` runs the project's own only. */
  readonly sandbox: Sandbox["kind"];
  /** Its model hosts, for who shows their state. */
  readonly models: Pick<ModelHosts, "hosts" | "usage">;
  /** Takes no more work and waits for what runs. */
  readonly close: () => Promise<void>;
};

/**
 * Starts a deliberation worker: it needs the queues, git and the model hosts, and never the graph. Work trees that a
 * killed worker left behind are removed first.
 */
export async function startDeliberations(options: DeliberationsOptions): Promise<Deliberations> {
  const { environment, queues, logger } = options;
  const root = defaultWorktreeRoot(environment.dataDir);
  const { sandbox, workspaces, checks } = await openChecks({ sandbox: environment.sandbox, root, logger });
  const models = openModels(environment, logger);
  const worker = queues.worker(
    deliberationQueues.jobs,
    createDeliberationProcessor({
      models,
      workspaces,
      checks,
      prompting: await openPrompting(),
      validatePlan,
      clock: Date.now,
      cancellations: createCancellations(queues.queue(cancellationQueue)),
      report: createSendReport(queues.queue<DeliberationReport>(deliberationQueues.results)),
      tellRestart: createTellRestart(queues.queue(deliberationQueues.results), logger),
      logger,
    }),
    { concurrency: environment.deliberations },
  );
  return {
    sandbox: sandbox.kind,
    models,
    async close() {
      await worker.pause(true);
      for (const total of models.usage()) logger.info(total, "used of a model host");
    },
  };
}
