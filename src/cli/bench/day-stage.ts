import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Octokit } from "@octokit/rest";
import pino from "pino";
import { createApp } from "../../app.ts";
import { createMemoryLedger, gitHubLimits } from "../../github/budget/budget-ledger.ts";
import { createRequestBudget, type RequestBudget } from "../../github/budget/request-budget.ts";
import { type Delivery, deliveriesQueue } from "../../github/intake/delivery.ts";
import { createDeliveryEnqueuer } from "../../github/intake/enqueue-delivery.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import { parseEnvironment } from "../../platform/config/environment.ts";
import type { Graph } from "../../platform/graph/graph.ts";
import type { LocalGitHub } from "../../playground/github/local-github.ts";
import { assembleContexts, type Contexts } from "../../wiring/assemble-contexts.ts";
import { connectGitHub } from "../../wiring/connect-github.ts";
import { consumeEvents, createRelay } from "../../wiring/consume-events.ts";
import { openGraph } from "../../wiring/open-graph.ts";
import { receiveDeliveries } from "../../wiring/receive-deliveries.ts";
import { startWrites } from "../../wiring/start-writes.ts";
import { type DayGitHub, dayPeople } from "./day-github.ts";
import { createVirtualQueues } from "./virtual-queues.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The whole fleet in one process on a local GitHub that enforces GitHub's limits, in virtual time. */
export type DayStage = {
  readonly time: VirtualTime;
  readonly github: LocalGitHub;
  readonly graph: Graph;
  readonly contexts: Contexts;
  /** What was heard of, in GitHub's order; of a `recorded` stage only: of a whole day it is a gigabyte. */
  readonly deliveries: readonly Delivery[];
  /** Handles one delivery, once more or for the first time; what follows from it is for `run`. */
  readonly receive: (delivery: Delivery) => Promise<void>;
  readonly repository: number;
  readonly as: (who: keyof typeof dayPeople) => Octokit;
  /** Work of people: time stands still for it. */
  readonly act: <T>(work: () => Promise<T>) => Promise<T>;
  readonly events: ReadonlyMap<string, number>;
  /** Lets time pass until nothing is to come. */
  readonly run: () => Promise<void>;
  close(): Promise<void>;
};

/** Looks, a millisecond each, in which nothing happens before a job counts as waiting for another. */
const stillLooks = 15;

/** Whether a stage hears of what happens on GitHub, and whether it keeps what it heard. */
export type Hearing = "nothing" | "live" | "recorded";

/** Opens the stage on a GitHub, with an empty graph in a directory. */
export async function openDayStage(
  directory: string,
  time: VirtualTime,
  day: DayGitHub,
  hearing: Hearing,
): Promise<DayStage> {
  const logger = pino({ level: "silent" });
  const { github, app, repository, tokens } = day;
  const queues = createVirtualQueues(time);
  const state = { working: 0, waiting: 0, requests: 0, dirty: false };
  const environment = parseEnvironment({ FLEET_DATA_DIR: join(directory, "fleet") });
  const graph = await openGraph(environment, logger, []);
  const connection = connectGitHub(
    { appId: app.appId, privateKey: app.privateKeyPem, webhookSecrets: ["the bench's own"] },
    { host: new URL(github.url).host, protocol: "http" },
    logger,
    { budget: counted(createBudget(time), state), clock: time.now },
  );
  const contexts = await assembleContexts({
    environment,
    graph,
    queues,
    github: connection,
    logger,
    clock: time.now,
    committed: () => {
      state.dirty = true;
    },
  });
  startWrites({ queues, github: connection, contexts, clock: time.now, logger });
  const probotApp = createApp(contexts.appDeps);
  await connection.probot.load(probotApp);
  receiveDeliveries({ queues, app: probotApp, github: connection, write: contexts.appDeps.write, logger });
  consumeEvents(queues, contexts.subscribers, logger);
  const events = new Map<string, number>();
  const observe = ({ type }: FleetEvent) => void events.set(type, (events.get(type) ?? 0) + 1);
  const relay = createRelay({ graph, queues, subscribers: contexts.subscribers, observe, logger });
  const enqueue = createDeliveryEnqueuer(queues.queue(deliveriesQueue));
  const deliveries: Delivery[] = [];
  let heard = 0;
  const unobserve = github.observe((exchange) => {
    if (exchange.kind !== "webhook" || hearing === "nothing") return;
    heard += 1;
    const id = `day-${heard}`;
    const rawBody = JSON.stringify(exchange.payload);
    const delivery = { id, event: exchange.event, rawBody, installationId: app.installation };
    if (hearing === "recorded") deliveries.push(delivery);
    state.working += 1;
    void enqueue(delivery).finally(() => {
      state.working -= 1;
    });
  });

  const client = await connection.octokitFor(app.installation);
  client.hook.wrap("request", async (request, given) => {
    state.requests += 1;
    try {
      return await request(given);
    } finally {
      state.requests -= 1;
    }
  });

  /**
   * Until everything that can happen now has happened: what still runs waits for its turn to ask GitHub, or for somebody
   * who does. Nobody says so of the latter, so that it is looked at whether nothing changes for a while.
   */
  async function settle(): Promise<void> {
    let still = 0;
    for (let looks = 0; ; looks += 1) {
      await (looks < 3 ? new Promise((resolve) => setImmediate(resolve)) : pause(1));
      const asking = state.requests - state.waiting;
      const isBusy = state.working > 0 || asking > 0;
      still = isBusy ? 0 : still + 1;
      if (isBusy || (queues.active() > state.waiting && still < stillLooks)) continue;
      await github.deliveriesSettled();
      if (state.dirty) {
        state.dirty = false;
        still = 0;
        await relay.drain();
        continue;
      }
      if (state.working === 0 && state.requests === state.waiting) return;
    }
  }

  return {
    time,
    github,
    graph,
    contexts,
    repository,
    deliveries,
    async receive(delivery) {
      await connection.noteChanges(delivery);
      await probotApp.receive(connection.probot, delivery);
    },
    as: (who) => new Octokit({ auth: tokens[dayPeople[who]], baseUrl: `${github.url}/api/v3`, log: silent }),
    async act(work) {
      state.working += 1;
      try {
        return await work();
      } finally {
        state.working -= 1;
      }
    },
    events,
    async run() {
      do await settle();
      while (time.jump());
      if (queues.failures[0] !== undefined) throw queues.failures[0];
    },
    async close() {
      unobserve();
      await relay.close();
      await graph.close();
    },
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function createBudget(time: VirtualTime): RequestBudget {
  return createRequestBudget({ limits: gitHubLimits, ledger: createMemoryLedger(), clock: time.now, wait: time.sleep });
}

/** The budget, with a count of the requests that wait for it. */
function counted(budget: RequestBudget, state: { waiting: number }): RequestBudget {
  return {
    ...budget,
    async spend(...request) {
      state.waiting += 1;
      try {
        await budget.spend(...request);
      } finally {
        state.waiting -= 1;
      }
    },
  };
}
