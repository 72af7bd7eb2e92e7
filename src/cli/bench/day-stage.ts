import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Octokit } from "@octokit/rest";
import pino from "pino";
import { createApp } from "../../app.ts";
import { createMemoryLedger, gitHubLimits } from "../../github/budget/budget-ledger.ts";
import { createRequestBudget, type RequestBudget } from "../../github/budget/request-budget.ts";
import { deliveriesQueue } from "../../github/intake/delivery.ts";
import { createDeliveryEnqueuer } from "../../github/intake/enqueue-delivery.ts";
import { permissions, subscribedEvents } from "../../github/registry.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import { parseEnvironment } from "../../platform/config/environment.ts";
import { type LocalGitHub, startLocalGitHub } from "../../playground/github/local-github.ts";
import { documentedLimits } from "../../playground/github/rate-limits.ts";
import { assembleContexts, type Contexts } from "../../wiring/assemble-contexts.ts";
import { connectGitHub } from "../../wiring/connect-github.ts";
import { consumeEvents, createRelay } from "../../wiring/consume-events.ts";
import { openGraph } from "../../wiring/open-graph.ts";
import { receiveDeliveries } from "../../wiring/receive-deliveries.ts";
import { startWrites } from "../../wiring/start-writes.ts";
import { createVirtualQueues } from "./virtual-queues.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

/** The people of the day, by role. */
export const dayPeople = { productOwner: "olga", architect: "arno", qa: "quinn", developer: "dev" } as const;

export const dayPlace = { owner: "acme", repo: "shop" } as const;

/** The whole fleet in one process on a local GitHub that enforces GitHub's limits, in virtual time. */
export type DayStage = {
  readonly time: VirtualTime;
  readonly github: LocalGitHub;
  readonly contexts: Contexts;
  readonly repository: number;
  readonly as: (who: keyof typeof dayPeople) => Octokit;
  /** Work of people: time stands still for it. */
  readonly act: <T>(work: () => Promise<T>) => Promise<T>;
  readonly events: ReadonlyMap<string, number>;
  /** Lets time pass until nothing is to come. */
  readonly run: () => Promise<void>;
  close(): Promise<void>;
};

const start = Date.UTC(2030, 0, 7);

const fleetYml = `roles:
  product-owner: ["@acme/product"]
  architect: ["@acme/architects"]
  qa: ["@acme/qa"]
  developer: ["@acme/developers"]
  devops: []
  data: []
`;

/** Opens the stage in a directory. */
export async function openDayStage(directory: string): Promise<DayStage> {
  const logger = pino({ level: "silent" });
  const time = createVirtualTime(start);
  const github = await startLocalGitHub({
    dataDir: join(directory, "github"),
    limits: documentedLimits,
    now: () => new Date(time.now()),
    credentialsNow: () => new Date(),
  });
  const { app, repository, tokens } = await seed(github, directory);
  const queues = createVirtualQueues(time);
  const state = { working: 0, waiting: 0, dirty: false };
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
  let count = 0;
  // The App has no address: what would be sent is taken as it is noted.
  github.observe((exchange) => {
    if (exchange.kind !== "webhook") return;
    count += 1;
    const rawBody = JSON.stringify(exchange.payload);
    state.working += 1;
    void enqueue({ id: `day-${count}`, event: exchange.event, rawBody, installationId: app.installation }).finally(
      () => {
        state.working -= 1;
      },
    );
  });

  /** Until everything that can happen now has happened: what still runs waits for its turn to ask GitHub. */
  async function settle(): Promise<void> {
    for (let looks = 0; ; looks += 1) {
      await (looks < 3 ? new Promise((resolve) => setImmediate(resolve)) : pause(1));
      if (state.working > 0 || queues.active() > state.waiting) continue;
      await github.deliveriesSettled();
      if (state.dirty) {
        state.dirty = false;
        await relay.drain();
        continue;
      }
      if (state.working === 0 && queues.active() <= state.waiting) return;
    }
  }

  return {
    time,
    github,
    contexts,
    repository,
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
      await relay.close();
      await graph.close();
      await github.close();
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

async function seed(github: LocalGitHub, directory: string) {
  const content = join(directory, "content");
  mkdirSync(join(content, ".github"), { recursive: true });
  writeFileSync(join(content, "README.md"), "# Shop\n");
  writeFileSync(join(content, ".github", "fleet.yml"), fleetYml);
  const tokens: Record<string, string> = {};
  const { productOwner, architect, qa, developer } = dayPeople;
  for (const login of Object.values(dayPeople)) tokens[login] = github.addUser(login).token;
  github.addOrganization(dayPlace.owner, { [productOwner]: "admin" });
  github.addTeam(dayPlace.owner, "product", [productOwner]);
  github.addTeam(dayPlace.owner, "architects", [architect]);
  github.addTeam(dayPlace.owner, "qa", [qa]);
  github.addTeam(dayPlace.owner, "developers", [developer]);
  const repository = await github.addRepository(dayPlace.owner, dayPlace.repo, {
    fromDirectory: content,
    collaborators: { [productOwner]: "maintain", [architect]: "write", [qa]: "write", [developer]: "write" },
  });
  const app = github.registerApp({ slug: "fleet", permissions: { ...permissions }, events: [...subscribedEvents()] });
  const installation = github.installApp(app.appId, dayPlace.owner, [dayPlace.repo]);
  return { app: { ...app, installation }, repository: repository.id, tokens };
}
