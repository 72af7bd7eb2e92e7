import type { Logger } from "pino";
import { cleanText, fenceUntrusted } from "../context/domain/clean-text.ts";
import { redactSecrets } from "../context/domain/redact-secrets.ts";
import { selectCode } from "../context/domain/select-code.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import { type DeliberationReport, deliberationQueues } from "../deliberation/application/job.ts";
import {
  cancellationQueue,
  createCancellations,
  createSendReport,
} from "../deliberation/infrastructure/deliberation-queues.ts";
import { createDeliberationProcessor } from "../deliberation/infrastructure/deliberation-worker.ts";
import type { Sandbox } from "../execution/application/ports.ts";
import { createFindToolchain } from "../execution/infrastructure/find-toolchain.ts";
import { createInstallDependencies } from "../execution/infrastructure/install-dependencies.ts";
import { openSandbox, runtimeCache } from "../execution/infrastructure/open-sandbox.ts";
import { openReportFolder } from "../execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../execution/infrastructure/secret-scan.ts";
import { createWorktrees, defaultWorktreeRoot } from "../execution/infrastructure/worktrees.ts";
import { validatePlan } from "../planning/domain/plan.ts";
import type { Environment } from "../platform/config/environment.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import { createCouncilChecks } from "./council-checks.ts";
import { createCouncilWorkspaces } from "./council-workspaces.ts";
import { dependencyStore } from "./dependency-store.ts";
import { openModels } from "./open-models.ts";

export type DeliberationsOptions = {
  readonly environment: Environment;
  readonly queues: QueueEngine;
  readonly logger: Logger;
};

/** A running deliberation worker. */
export type Deliberations = {
  /** Where candidates' code runs; `off` runs the project's own only. */
  readonly sandbox: Sandbox["kind"];
  /** Takes no more work and waits for what runs. */
  readonly close: () => Promise<void>;
};

/** Councils at once in one worker: each runs three members and their checks. */
const concurrency = 2;

/**
 * Starts a deliberation worker: it needs the queues, git and the model hosts, and never the graph. Work trees that a
 * killed worker left behind are removed first.
 */
export async function startDeliberations(options: DeliberationsOptions): Promise<Deliberations> {
  const { environment, queues, logger } = options;
  const sandbox = await openSandbox({ choice: environment.sandbox, logger });
  const worktrees = createWorktrees({ root: defaultWorktreeRoot(environment.dataDir), logger });
  await worktrees.sweep();
  const workspaces = createCouncilWorkspaces(worktrees);
  const countTokens = await loadTokenCounter();
  const models = openModels(environment, logger);
  const worker = queues.worker(
    deliberationQueues.jobs,
    createDeliberationProcessor({
      models,
      workspaces,
      checks: createCouncilChecks({
        sandbox,
        worktrees,
        workspaces,
        install: createInstallDependencies({ root: dependencyStore() }),
        toolchains: createFindToolchain({ cache: runtimeCache() }),
        openReportFolder,
        scanSecrets,
      }),
      prompting: {
        clean: cleanText,
        redact: (text) => redactSecrets(text).text,
        fence: fenceUntrusted,
        countTokens,
        selectCode: (files, about, budgetTokens) => selectCode(files, about, budgetTokens, countTokens),
      },
      validatePlan,
      clock: Date.now,
      cancellations: createCancellations(queues.queue(cancellationQueue)),
      report: createSendReport(queues.queue<DeliberationReport>(deliberationQueues.results)),
      logger,
    }),
    { concurrency },
  );
  return {
    sandbox: sandbox.kind,
    async close() {
      await worker.pause(true);
      for (const total of models.usage()) logger.info(total, "used of a model host");
    },
  };
}
