import type { Logger } from "pino";
import { createApp } from "./app.ts";
import { createIntake } from "./github/intake/create-intake.ts";
import { type Delivery, deliveriesQueue } from "./github/intake/delivery.ts";
import { createDeliveryEnqueuer } from "./github/intake/enqueue-delivery.ts";
import { allowedEvents } from "./github/registry.ts";
import { followInstallation } from "./github/repositories/follow-repositories.ts";
import { followDepsOf } from "./github/translate/app-deps.ts";
import type { WriteCost } from "./github/write/on.ts";
import { ConfigurationError } from "./kernel/errors.ts";
import type { FleetEvent } from "./kernel/event.ts";
import type { Probe } from "./monitoring/application/check-readiness.ts";
import type { MetricSource } from "./monitoring/application/metrics.ts";
import { createMetricsPage } from "./monitoring/infrastructure/metrics-page.ts";
import type { AppCredentials, Environment } from "./platform/config/environment.ts";
import type { HostState } from "./platform/models/model-hosts.ts";
import { openQueues } from "./platform/queue/open-queues.ts";
import type { QueueEngine } from "./platform/queue/queue-engine.ts";
import { startWebServer, webhookPath } from "./web/server.ts";
import { assembleContexts, type Contexts } from "./wiring/assemble-contexts.ts";
import { attendGitHub, greetAll } from "./wiring/attend-github.ts";
import { connectGitHub, type GitHubConnection } from "./wiring/connect-github.ts";
import { consumeEvents, createRelay } from "./wiring/consume-events.ts";
import { councilMetrics } from "./wiring/metrics/council-metrics.ts";
import { eventMetrics } from "./wiring/metrics/event-metrics.ts";
import { modelMetrics } from "./wiring/metrics/model-metrics.ts";
import { outboxMetrics } from "./wiring/metrics/outbox-metrics.ts";
import { queueMetrics } from "./wiring/metrics/queue-metrics.ts";
import { openCache } from "./wiring/open-cache.ts";
import { openGraph } from "./wiring/open-graph.ts";
import { openShared } from "./wiring/open-shared.ts";
import {
  needsGraph,
  onlyDeliberates,
  type ProcessPart,
  processParts,
  requireSharedEngines,
} from "./wiring/process-parts.ts";
import { receiveDeliveries } from "./wiring/receive-deliveries.ts";
import { type Deliberations, startDeliberations } from "./wiring/start-deliberations.ts";
import { askForTimer, startTimers, type TimerJob, timersQueue } from "./wiring/start-timers.ts";
import { startWrites } from "./wiring/start-writes.ts";
import { createTimers } from "./wiring/timers.ts";

export type FleetOptions = {
  readonly environment: Environment;
  /** What this process does; everything if absent. */
  readonly parts?: ReadonlySet<ProcessPart>;
  readonly logger: Logger;
  /** What is simulated, in words; null or absent where nothing is. It shows on everything that the fleet writes. */
  readonly simulated?: string | null;
  /** The code of candidates is the project's own, so it may run without a sandbox (the demo). */
  readonly trusted?: boolean;
  /** Sees every event once it is on its way. */
  readonly observe?: (event: FleetEvent) => void;
  /** Sees every write to GitHub, by its target's key. */
  readonly written?: (key: string, cost: WriteCost) => void;
};

export type Fleet = {
  /** The web server's address; null in a process without one. */
  readonly url: string | null;
  readonly webhookUrl: string | null;
  readonly queueBackend: QueueEngine["backend"];
  /** Where candidates' code runs; null in a process without councils. */
  readonly sandbox: Deliberations["sandbox"] | null;
  /** Use cases and reads; null in a process that does not touch the graph. */
  readonly contexts: Contexts | null;
  /** Whether nothing waits or runs: no event in the outbox, no job in a queue. */
  isIdle(): Promise<boolean>;
  /** Ends in order: no new work, running jobs up to `graceMs`, then the engines. */
  close(graceMs?: number): Promise<void>;
};

/**
 * The composition root: opens the engines that the environment names, wires the contexts to them, and starts what this
 * process does. Everything that it opened is closed again when a later step fails.
 *
 * @throws ConfigurationError for settings that cannot work; RetryableError when an engine is away.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { environment, logger } = options;
  const parts = options.parts ?? new Set(processParts);
  requireSharedEngines(parts, environment);
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(options, parts, closers, closeAll);
  } catch (error) {
    await closeAll().catch((failure: unknown) => logger.error({ err: failure }, "closing after a failed start"));
    throw error;
  }
}

async function start(
  options: FleetOptions,
  parts: ReadonlySet<ProcessPart>,
  closers: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Fleet> {
  const { environment, logger } = options;
  let graceMs = 10_000;
  const queues = await openQueues({ valkeyUrl: environment.valkeyUrl, dataDir: environment.dataDir, logger });
  closers.push(() => queues.close(graceMs));
  const probes: Probe[] = [{ name: "queues", ping: () => queues.ping() }];
  // First, so that deliveries are taken in and health is answered while an engine is still being waited for.
  const sources: MetricSource[] = [queueMetrics(queues)];
  const models: { hosts: () => readonly HostState[] } = { hosts: () => [] };
  const web = parts.has("web") ? await startWeb(options, queues, { probes, sources }) : null;
  if (web !== null) closers.push(() => web.close());
  const github = onlyDeliberates(parts) ? null : connect(options, queues, closers);
  // Beside the web server: whoever takes deliveries in asks for those that came while it was away, and shows readiness.
  if (web !== null && github !== null) {
    const askForMissed = () => askFor(queues, "sweep");
    closers.push(attendGitHub({ github, onReached: askForMissed, probes, logger }));
  }
  const contexts =
    github !== null && needsGraph(parts)
      ? await startGraphSide(options, parts, { queues, probes, sources, models, closers, github })
      : null;
  const deliberations = parts.has("deliberations") ? await startDeliberations({ ...options, queues }) : null;
  if (deliberations !== null) {
    closers.push(deliberations.close);
    sources.push(modelMetrics(deliberations.models));
    models.hosts = deliberations.models.hosts;
  }
  return {
    url: web?.url ?? null,
    webhookUrl: web === null ? null : `${web.url}${webhookPath}`,
    queueBackend: queues.backend,
    sandbox: deliberations?.sandbox ?? null,
    contexts,
    async isIdle() {
      const unsent = (await contexts?.unsentEvents()) ?? 0;
      return unsent === 0 && (await queues.unfinished()) === 0;
    },
    async close(grace) {
      graceMs = grace ?? graceMs;
      await closeAll();
    },
  };
}

/** One run of a timer, now. */
async function askFor(queues: QueueEngine, timer: string): Promise<void> {
  await askForTimer(queues.queue<TimerJob>(timersQueue), { timer });
}

function connect(
  { environment, logger }: FleetOptions,
  queues: QueueEngine,
  closers: (() => Promise<void>)[],
): GitHubConnection {
  const shared = openShared(queues, logger);
  // After the queues: jobs that still run need it.
  closers.unshift(shared.close);
  return connectGitHub(credentialsOf(environment), environment.github, logger, { shared });
}

async function startWeb(
  { environment, logger }: FleetOptions,
  queues: QueueEngine,
  { probes, sources }: { readonly probes: readonly Probe[]; readonly sources: readonly MetricSource[] },
) {
  const { host, port } = environment.http;
  const intake = createIntake({
    secrets: credentialsOf(environment).webhookSecrets,
    allowedEvents,
    enqueue: createDeliveryEnqueuer(queues.queue<Delivery>(deliveriesQueue)),
    logger,
  });
  try {
    const metrics = createMetricsPage({ sources, logger });
    return await startWebServer({ intake, probes, metrics, logger }, host, port);
  } catch (error) {
    throw new ConfigurationError(
      `PORT=${port} cannot be listened on at HOST=${host} (${error instanceof Error ? error.message : "unknown"}): must be a free port; for example PORT=3001`,
      { cause: error },
    );
  }
}

/** A deliberation worker holds no credentials; every other part needs the App's. */
function credentialsOf({ app }: Environment): AppCredentials {
  if (app !== undefined) return app;
  throw new ConfigurationError(
    "APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are missing: only a process with --only deliberations works without them.",
  );
}

type Opened = {
  readonly queues: QueueEngine;
  readonly probes: Probe[];
  readonly sources: MetricSource[];
  /** Those of this process's councils, once they are open. */
  readonly models: { readonly hosts: () => readonly HostState[] };
  readonly closers: (() => Promise<void>)[];
  readonly github: GitHubConnection;
};

/** Starts what works on the graph: the contexts, the writer, and the consumers of deliveries, events and reports. */
async function startGraphSide(
  options: FleetOptions,
  parts: ReadonlySet<ProcessPart>,
  { queues, probes, sources, models, closers, github }: Opened,
): Promise<Contexts> {
  const { environment, logger, observe = () => {} } = options;
  const graph = await openGraph(environment, logger, probes);
  // Last of all to close: jobs that still run need it.
  closers.unshift(() => graph.close());
  const cache = openCache(environment, logger);
  closers.unshift(() => cache.close());
  const relay: { wake: () => void } = { wake: () => {} };
  const contexts = await assembleContexts({ ...options, graph, queues, cache, github, committed: () => relay.wake() });
  sources.push(outboxMetrics(contexts.unsentEvents), councilMetrics(contexts.deliberation.figures));
  if (parts.has("writes")) startWrites({ ...options, queues, github, contexts });
  if (!parts.has("events")) return contexts;

  const app = createApp(contexts.appDeps);
  await github.probot.load(app);
  receiveDeliveries({ queues, app, github, write: contexts.appDeps.write, logger });
  consumeEvents(queues, contexts.subscribers, logger);
  contexts.deliberation.recordReports(queues, contexts.appDeps.write);
  contexts.writeSummaries();
  const published = eventMetrics();
  sources.push(published);
  const seen = (event: FleetEvent) => {
    published.observe(event);
    observe(event);
  };
  const outbox = createRelay({ graph, queues, subscribers: contexts.subscribers, observe: seen, logger });
  relay.wake = () => outbox.wake();
  outbox.start();
  const { write } = contexts.appDeps;
  const follow = (installation: number) => followInstallation(followDepsOf(contexts.appDeps), installation);
  const greet = async () => {
    await greetAll({ github, logger }, { follow, write });
    await askFor(queues, "roles");
  };
  const attended = attendGitHub({ github, onReached: greet, probes: null, logger });
  await startTimers(queues, createTimers({ contexts, github, graph, hosts: () => models.hosts(), logger }), logger);
  closers.push(() => outbox.close(), attended);
  return contexts;
}
