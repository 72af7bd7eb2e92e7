import { createServer, type Server } from "node:http";
import { createApp } from "../../../src/app.ts";
import {
  createRepositoryConfigurations,
  type GoodConfiguration,
} from "../../../src/github/configuration/repository-configuration.ts";
import type { CouncilView } from "../../../src/github/present/council-view.ts";
import { presenterSubscriber } from "../../../src/github/present/presenter-subscriber.ts";
import { createRoleResolver } from "../../../src/github/roles/role-resolver.ts";
import type { AppDeps } from "../../../src/github/translate/app-deps.ts";
import { type WriteTarget, writeKey } from "../../../src/github/write/write-target.ts";
import { createWriter } from "../../../src/github/write/writer.ts";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { createNewId } from "../../../src/kernel/ids.ts";
import { isStoryId } from "../../../src/kernel/parse-ids.ts";
import type { RoleAnswer } from "../../../src/kernel/roles.ts";
import type { UnitOfWork } from "../../../src/kernel/transaction.ts";
import { createFindStoryFacts, getStory } from "../../../src/planning/application/find-stories.ts";
import type { PlanningDeps } from "../../../src/planning/application/ports.ts";
import { graphStories } from "../../../src/planning/infrastructure/graph-stories.ts";
import { planningSubscriber } from "../../../src/planning/infrastructure/planning-subscriber.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { once } from "../../../src/platform/outbox/once.ts";
import { bindPlanning } from "../../../src/wiring/bind-planning.ts";
import { bindWorkflow } from "../../../src/wiring/bind-workflow.ts";
import { councilFailed } from "../../../src/workflow/application/council-failed.ts";
import { findTasks, getTask } from "../../../src/workflow/application/find-tasks.ts";
import { linkTask } from "../../../src/workflow/application/link-task.ts";
import type { CouncilPolicy, WorkflowDeps } from "../../../src/workflow/application/ports.ts";
import { recordHead } from "../../../src/workflow/application/record-head.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { defaultSla } from "../../../src/workflow/domain/deadlines.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import { taskStandings } from "../../../src/workflow/infrastructure/task-standings.ts";
import { workflowSubscriber } from "../../../src/workflow/infrastructure/workflow-subscriber.ts";
import type { LocalWorld } from "./local-world.ts";

type Job = { readonly name: string; readonly run: () => Promise<void> };

/**
 * The fleet on an embedded graph, with one queue in memory for deliveries, events and writes, each of which runs alone
 * and in order. Webhooks of the local GitHub come in over HTTP, as from GitHub.
 */
export async function startFleet(world: LocalWorld, policy: CouncilPolicy) {
  const graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  const jobs: Job[] = [];
  const events: FleetEvent[] = [];
  const deliveries: { id: string; event: string; rawBody: string }[] = [];
  const councils = new Map<string, CouncilView>();
  const now = () => Date.now();
  /** A transaction may run again: what its first run announced does not count. */
  const unitOfWork: UnitOfWork = {
    read: graph.read,
    write: (work) => {
      const before = pending.length;
      return graph.write((tx) => {
        pending.length = before;
        return work(tx);
      });
    },
  };
  const shared = {
    graph: unitOfWork,
    newId: createNewId(now),
    clock: now,
    events: async (_: unknown, added: readonly FleetEvent[]) => void pending.push(...added),
    committed: publish,
  };
  const pending: FleetEvent[] = [];
  const planning: PlanningDeps = { ...shared, stories: graphStories, tasks: taskStandings };
  const workflow: WorkflowDeps = {
    ...shared,
    tasks: graphTasks,
    stories: createFindStoryFacts(graphStories),
    councilPolicy: async () => policy,
    sla: async () => defaultSla,
    firstTime: (tx, eventId) => once(tx, "workflow", eventId),
  };

  const write = async (target: WriteTarget) => {
    const name = `write ${writeKey(target)}`;
    const waiting = jobs.findIndex((job) => job.name === name);
    if (waiting >= 0) jobs.splice(waiting, 1);
    jobs.push({ name, run: () => writer.process(target) });
  };
  const subscribers = [planningSubscriber(planning), workflowSubscriber(workflow), presenterSubscriber({ write })];

  function publish(): void {
    for (const event of pending.splice(0)) {
      events.push(event);
      for (const subscriber of subscribers) {
        if (subscriber.types.includes(event.type))
          jobs.push({ name: `${subscriber.name} ${event.id}`, run: () => subscriber.handle(event) });
      }
    }
  }

  const stored = new Map<number, GoodConfiguration>();
  const configurations = createRepositoryConfigurations({
    octokitFor: world.octokitFor,
    store: { load: async (id) => stored.get(id) ?? null, save: async (id, good) => void stored.set(id, good) },
    log: world.log,
    clock: now,
    ttlMs: 0,
  });
  const tasks = (id: string) => (isStoryId(id) ? findTasks(workflow, { storyId: id }) : Promise.resolve([]));
  const writer = createWriter({
    octokitFor: world.octokitFor,
    identityOf: world.identityOf,
    configurationOf: configurations.of,
    councilPolicy: async () => policy,
    reads: {
      story: (id) => getStory(planning, id),
      task: (id) => getTask(workflow, id),
      tasksOf: tasks,
      latestCouncil: async (about) => councils.get("taskId" in about ? about.taskId : about.storyId) ?? null,
    },
    facts: {
      linkTask: (facts) => linkTask(workflow, facts),
      recordHead: (facts) => recordHead(workflow, facts),
      recordMerge: (facts) => recordMerge(workflow, facts),
      councilFailed: (facts) => councilFailed(workflow, facts),
    },
    simulated: null,
    clock: now,
    log: world.log,
  });
  const requested: string[] = [];
  const deps: AppDeps = {
    planning: bindPlanning(planning),
    workflow: bindWorkflow(workflow),
    requestPlan: async (id) => void requested.push(id),
    councilPolicy: async () => policy,
    rolesOf: createRoleResolver({
      octokitFor: world.octokitFor,
      configurationOf: configurations.of,
      cache: new Map<string, RoleAnswer>(),
    }),
    configurations,
    octokitFor: world.octokitFor,
    identityOf: world.identityOf,
    write,
    clock: now,
    log: world.log,
  };
  const app = createApp(deps);
  await world.probot.load(app);
  const server = await listen(world.webhookPort, (id, event, rawBody) => {
    deliveries.push({ id, event, rawBody });
    jobs.push({ name: `delivery ${id}`, run: () => app.receive(world.probot, { id, event, rawBody }) });
  });

  /** Runs until nothing waits: neither here nor on its way from GitHub. */
  async function settle(): Promise<void> {
    do {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job.run();
      await world.github.deliveriesSettled();
    } while (jobs.length > 0);
  }

  return {
    events,
    deliveries,
    requested,
    councils,
    deps,
    settle,
    planning,
    workflow,
    receive: (delivery: { id: string; event: string; rawBody: string }) => app.receive(world.probot, delivery),
    waiting: jobs,
    write,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await graph.close();
    },
  };
}

async function listen(port: number, take: (id: string, event: string, body: string) => void): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      take(String(request.headers["x-github-delivery"]), String(request.headers["x-github-event"]), body);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}
