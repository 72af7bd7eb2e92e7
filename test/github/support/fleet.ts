import { createApp } from "../../../src/app.ts";
import { allowMore } from "../../../src/deliberation/application/allow-more.ts";
import { budgetAccounts } from "../../../src/deliberation/application/budget-accounts.ts";
import {
  deliberationsOf,
  getDeliberation,
  latestAdvice,
} from "../../../src/deliberation/application/find-deliberations.ts";
import { isAtWork } from "../../../src/deliberation/application/is-at-work.ts";
import type { DeliberationJob } from "../../../src/deliberation/application/job.ts";
import { requestAdvice } from "../../../src/deliberation/application/request-advice.ts";
import { requestPlan } from "../../../src/deliberation/application/request-plan.ts";
import { stopDeliberations } from "../../../src/deliberation/application/stop-deliberations.ts";
import type { DeliberationUseCaseDeps } from "../../../src/deliberation/application/use-case-ports.ts";
import { noLimits, type ScopeLimits } from "../../../src/deliberation/domain/council-budget.ts";
import { deliberationSubscriber } from "../../../src/deliberation/infrastructure/deliberation-subscriber.ts";
import { graphDeliberations } from "../../../src/deliberation/infrastructure/graph-deliberations.ts";
import { createRepositoryConfigurations } from "../../../src/github/configuration/repository-configuration.ts";
import type { CouncilView } from "../../../src/github/present/council-view.ts";
import { presenterSubscriber } from "../../../src/github/present/presenter-subscriber.ts";
import { followRepository } from "../../../src/github/repositories/follow-repositories.ts";
import { createRoleResolver } from "../../../src/github/roles/role-resolver.ts";
import { type AppDeps, followDepsOf } from "../../../src/github/translate/app-deps.ts";
import { type WriteTarget, writeKey } from "../../../src/github/write/write-target.ts";
import { createWriter } from "../../../src/github/write/writer.ts";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { createNewId } from "../../../src/kernel/ids.ts";
import { isStoryId } from "../../../src/kernel/parse-ids.ts";
import type { UnitOfWork } from "../../../src/kernel/transaction.ts";
import {
  ceremoniesOf,
  getCeremony,
  isReviewAwaited,
} from "../../../src/planning/application/ceremonies/find-ceremonies.ts";
import {
  createFindStoriesInExecution,
  createFindStoryFacts,
  getStory,
} from "../../../src/planning/application/find-stories.ts";
import type { PlanningDeps, Stories } from "../../../src/planning/application/ports.ts";
import { findDecisions } from "../../../src/planning/application/record-decision.ts";
import { graphCeremonies } from "../../../src/planning/infrastructure/graph-ceremonies.ts";
import { graphDecisions } from "../../../src/planning/infrastructure/graph-decisions.ts";
import { graphEpics } from "../../../src/planning/infrastructure/graph-epics.ts";
import { graphStories } from "../../../src/planning/infrastructure/graph-stories.ts";
import { planningSubscriber } from "../../../src/planning/infrastructure/planning-subscriber.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import { once } from "../../../src/platform/outbox/once.ts";
import { createAnsweredCommands } from "../../../src/wiring/answered-commands.ts";
import { bindPlanning } from "../../../src/wiring/bind-planning.ts";
import { bindWorkflow } from "../../../src/wiring/bind-workflow.ts";
import { createGraphConfigurationStore } from "../../../src/wiring/graph-configuration-store.ts";
import { createGraphRepositories } from "../../../src/wiring/graph-repositories.ts";
import { councilFailed } from "../../../src/workflow/application/council-failed.ts";
import { findTasks, getTask } from "../../../src/workflow/application/find-tasks.ts";
import { linkTask } from "../../../src/workflow/application/link-task.ts";
import { passTests } from "../../../src/workflow/application/pass-tests.ts";
import type { CouncilPolicy, WorkflowDeps } from "../../../src/workflow/application/ports.ts";
import { recordHead } from "../../../src/workflow/application/record-head.ts";
import { recordMerge } from "../../../src/workflow/application/record-merge.ts";
import { storyRoom } from "../../../src/workflow/application/story-room.ts";
import { defaultSla } from "../../../src/workflow/domain/deadlines.ts";
import { graphTasks } from "../../../src/workflow/infrastructure/graph-tasks.ts";
import { taskStandings } from "../../../src/workflow/infrastructure/task-standings.ts";
import { workflowSubscriber } from "../../../src/workflow/infrastructure/workflow-subscriber.ts";
import { emptyContext } from "../../support/empty-context.ts";
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
    writeOne: graph.writeOne,
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
  const stories: Stories = {
    ...graphStories,
    // Events go to the queue in memory here, also those of a save of its own.
    saveAlone: (unit, before, after, records, added) =>
      unit.write(async (tx) => {
        await graphStories.save(tx, before, after, records);
        await shared.events(tx, added);
      }),
  };
  const planning: PlanningDeps = {
    ...shared,
    stories,
    decisions: graphDecisions,
    ceremonies: graphCeremonies,
    epics: graphEpics,
    tasks: taskStandings,
  };
  /** `limits` of fleet.yml, which a test may set. */
  const limits: { tokens: ScopeLimits; minutes: ScopeLimits; storiesInProgress: number | null } = {
    tokens: noLimits,
    minutes: noLimits,
    storiesInProgress: null,
  };
  const workflow: WorkflowDeps = {
    ...shared,
    tasks: graphTasks,
    stories: createFindStoryFacts(graphStories),
    storiesInExecution: createFindStoriesInExecution(graphStories),
    storyLimit: async () => limits.storiesInProgress,
    councilPolicy: async () => policy,
    councilAtWork: (task, round) =>
      isAtWork({ graph: unitOfWork, deliberations: graphDeliberations, isUnderWay: async () => true }, task, round),
    sla: async () => defaultSla,
    firstTime: (tx, eventId) => once(tx, "workflow", eventId),
  };

  const write = async (target: WriteTarget) => {
    const name = `write ${writeKey(target)}`;
    const waiting = jobs.findIndex((job) => job.name === name);
    if (waiting >= 0) jobs.splice(waiting, 1);
    jobs.push({ name, run: () => writer.process(target) });
  };
  const subscribers = () => [
    planningSubscriber(planning),
    workflowSubscriber(workflow),
    presenterSubscriber({ write }),
    deliberationSubscriber(deliberation),
  ];

  function publish(): void {
    for (const event of pending.splice(0)) {
      events.push(event);
      for (const subscriber of subscribers()) {
        if (subscriber.types.includes(event.type))
          jobs.push({ name: `${subscriber.name} ${event.id}`, run: () => subscriber.handle(event) });
      }
    }
  }

  const repositories = createGraphRepositories(graph);
  const configurations = createRepositoryConfigurations({
    octokitFor: world.octokitFor,
    store: createGraphConfigurationStore(graph),
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
    standingOf: (repository) => repositories.of(repository),
    follow: (ref) => followRepository(followDepsOf(deps), ref),
    reads: {
      story: (id) => getStory(planning, id),
      task: (id) => getTask(workflow, id),
      tasksOf: tasks,
      latestCouncil: async (about) => councils.get("taskId" in about ? about.taskId : about.storyId) ?? null,
      latestAdvice: (id) => latestAdvice(deliberation, id),
      ceremony: (id) => getCeremony(planning, id),
      ceremoniesOf: (id) => ceremoniesOf(planning, id),
      decisions: (id) => findDecisions(planning, id),
      council: async (id) =>
        [...councils.values()].find((council) => council.id === id) ?? getDeliberation(deliberation, id),
      spentOn: async () => ({ councils: 0, tokens: { in: 0, out: 0 }, ms: 0 }),
      budgetAccounts: (countedFor) => budgetAccounts(deliberation, countedFor),
      storyRoom: (id) => storyRoom(workflow, id),
    },
    facts: {
      linkTask: (facts) => linkTask(workflow, facts),
      recordHead: (facts) => recordHead(workflow, facts),
      passTests: (facts) => passTests(workflow, facts),
      recordMerge: (facts) => recordMerge(workflow, facts),
      councilFailed: (facts) => councilFailed(workflow, facts),
    },
    simulated: null,
    clock: now,
    log: world.log,
  });
  const requested: string[] = [];
  const roles = createRoleResolver({ octokitFor: world.octokitFor, configurationOf: configurations.of, clock: now });
  const cancelled: string[] = [];
  const councilJobs: DeliberationJob[] = [];
  const deliberation: DeliberationUseCaseDeps = {
    ...shared,
    deliberations: graphDeliberations,
    storyFacts: async (id) => {
      const found = await getStory(planning, id);
      return found === null
        ? null
        : { ...found, number: found.issueNumber, criteria: [{ number: 1, text: "it works" }] };
    },
    taskFacts: async (id) => {
      const found = await getTask(workflow, id);
      if (found === null) return null;
      const heldByCouncil = found.state === "implementing" && found.assignee?.kind === "council";
      return { ...found, others: [], heldByCouncil, feedback: found.feedback.map(({ text }) => text) };
    },
    isReviewAwaited: (ceremony, id) => isReviewAwaited(planning, ceremony, id),
    configurationOf: async () => ({
      council: { start: policy.start, members: 3, models: [], temperatures: [], budget: { tokens: 1_000, minutes: 5 } },
      checks: { install: null, build: null, lint: null, test: null },
      paths: { deny: [], tests: [] },
      limits,
    }),
    served: async () => (policy.available ? [{ host: "http://h/v1", model: "m" }] : []),
    async sourceOf({ id }, branch) {
      const onIt = branch === null ? [] : await findTasks(workflow, { storyId: id, branch });
      const baseSha = "a".repeat(40);
      return { mirror: "/m.git", baseSha, startSha: onIt.at(-1)?.headSha ?? baseSha };
    },
    happenedSince: async () => [],
    buildContext: async () => {
      const none = { short: null, slices: { tests: "", wide: "" }, paths: [] };
      return { context: { text: "context", hash: "h", tokens: 1, countedBy: "estimate", ...none } };
    },
    enqueue: async (job) => void councilJobs.push(job),
    cancel: async (id) => void cancelled.push(id),
    trusted: false,
  };
  const deps: AppDeps = {
    planning: bindPlanning(planning),
    workflow: bindWorkflow(workflow),
    councils: {
      requestPlan: async (id, deliveryId, members) => {
        requested.push(id);
        await requestPlan(deliberation, id, { correlationId: deliveryId, causationId: deliveryId }, members);
      },
      requestAdvice: (id, deliveryId) =>
        requestAdvice(deliberation, id, { correlationId: deliveryId, causationId: deliveryId }),
      stop: (command) => stopDeliberations(deliberation, command),
      ofStory: (id) => deliberationsOf(deliberation, id),
      budgetAccounts: (countedFor) => budgetAccounts(deliberation, countedFor),
      allowMore: (command) => allowMore(deliberation, command),
    },
    answered: createAnsweredCommands(unitOfWork),
    contextOf: async ({ role }) => {
      const text = `Role: ${role}`;
      return { ...emptyContext, text, tokens: 5, blocks: [{ name: "case", text, tokens: 5, pieces: [] }] };
    },
    sessionOf: async ({ storyId }) => ({
      blocks: [],
      text: `Story ${storyId}`,
      tokens: 5,
      dropped: [{ name: "timeline", why: "too long" }],
    }),
    councilPolicy: async () => policy,
    rolesOf: roles.of,
    forgetRoles: roles.forget,
    repositories,
    configurations,
    octokitFor: world.octokitFor,
    appOctokit: () => world.probot.auth(),
    identityOf: world.identityOf,
    write,
    clock: now,
    log: world.log,
  };
  const app = createApp(deps);
  await world.probot.load(app);
  world.ear.take = (id, event, rawBody) => {
    deliveries.push({ id, event, rawBody });
    jobs.push({ name: `delivery ${id}`, run: () => app.receive(world.probot, { id, event, rawBody }) });
  };

  /** Runs until nothing waits: neither here nor on its way from GitHub. */
  async function settle(): Promise<void> {
    do {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job.run();
      await world.github.deliveriesSettled();
    } while (jobs.length > 0);
  }

  return {
    events,
    limits,
    deliveries,
    requested,
    cancelled,
    councilJobs,
    deliberation,
    councils,
    deps,
    settle,
    planning,
    workflow,
    repositories,
    rolesOf: roles.of,
    follow: followDepsOf(deps),
    receive: (delivery: { id: string; event: string; rawBody: string }) => app.receive(world.probot, delivery),
    waiting: jobs,
    write,
    async close() {
      world.ear.take = null;
      await graph.close();
    },
  };
}
