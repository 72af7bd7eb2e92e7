import { LRUCache } from "lru-cache";
import { createRepositoryConfigurations } from "../github/configuration/repository-configuration.ts";
import { presenterSubscriber } from "../github/present/presenter-subscriber.ts";
import { createRoleResolver } from "../github/roles/role-resolver.ts";
import type { AppDeps } from "../github/translate/app-deps.ts";
import { createNewId } from "../kernel/ids.ts";
import type { RoleAnswer } from "../kernel/roles.ts";
import type { Subscriber } from "../kernel/subscriber.ts";
import { createFindStoryFacts, findStories } from "../planning/application/find-stories.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import type { Story } from "../planning/domain/story.ts";
import { graphStories } from "../planning/infrastructure/graph-stories.ts";
import { planningSubscriber } from "../planning/infrastructure/planning-subscriber.ts";
import { appendEvents } from "../platform/outbox/append-events.ts";
import { once } from "../platform/outbox/once.ts";
import type { CouncilPolicy, WorkflowDeps } from "../workflow/application/ports.ts";
import { defaultSla } from "../workflow/domain/deadlines.ts";
import { graphTasks } from "../workflow/infrastructure/graph-tasks.ts";
import { taskStandings } from "../workflow/infrastructure/task-standings.ts";
import { workflowSubscriber } from "../workflow/infrastructure/workflow-subscriber.ts";
import { assembleDeliberation, type Deliberation } from "./assemble-deliberation.ts";
import type { AssembleOptions } from "./assemble-options.ts";
import { bindPlanning } from "./bind-planning.ts";
import { bindWorkflow } from "./bind-workflow.ts";
import { createGraphConfigurationStore } from "./graph-configuration-store.ts";
import { openWrites } from "./open-writes.ts";
import { createRefOf } from "./repository-refs.ts";

/** The contexts of a process that has the graph, wired to one another and to GitHub. */
export type Contexts = {
  readonly appDeps: AppDeps;
  readonly workflow: WorkflowDeps;
  readonly planning: PlanningDeps;
  readonly deliberation: Deliberation;
  readonly subscribers: readonly Subscriber[];
  readonly findStories: () => Promise<readonly Story[]>;
};

/** How long a role that was looked up holds: a change of teams takes effect within a minute. */
const roleTtlMs = 60_000;

/** Wires planning, workflow, deliberation and GitHub on one graph and one set of queues. */
export async function assembleContexts(options: AssembleOptions): Promise<Contexts> {
  const { environment, graph, queues, github, logger, committed } = options;
  const { clock = Date.now } = options;
  const { octokitFor } = github;
  const configurations = createRepositoryConfigurations({
    octokitFor,
    store: createGraphConfigurationStore(graph),
    log: logger,
    clock,
  });
  const refOf = createRefOf(graph);
  const configurationOf = async (repository: number) =>
    (await configurations.of(await refOf(repository))).configuration;
  const councilPolicy = async (repository: number): Promise<CouncilPolicy> => {
    const { council } = await configurationOf(repository);
    return { start: council.start, available: environment.models.hosts.length > 0, maxRounds: council.rounds };
  };
  const shared = { graph, events: appendEvents, newId: createNewId(clock), clock, committed };
  const planning: PlanningDeps = { ...shared, stories: graphStories, tasks: taskStandings };
  const workflow: WorkflowDeps = {
    ...shared,
    tasks: graphTasks,
    stories: createFindStoryFacts(graphStories),
    firstTime: (tx, eventId) => once(tx, "workflow", eventId),
    councilPolicy,
    sla: async () => defaultSla,
  };
  const deliberation = await assembleDeliberation({ ...options, shared, planning, workflow, refOf, configurationOf });
  const write = openWrites(queues);
  const appDeps: AppDeps = {
    planning: bindPlanning(planning),
    workflow: bindWorkflow(workflow),
    requestPlan: deliberation.requestPlan,
    councilPolicy,
    rolesOf: createRoleResolver({
      octokitFor,
      configurationOf: (ref) => configurations.of(ref),
      cache: new LRUCache<string, RoleAnswer>({ max: 10_000, ttl: roleTtlMs, perf: { now: clock } }),
    }),
    configurations,
    octokitFor,
    identityOf: github.identityOf,
    write,
    clock,
    log: logger,
  };
  return {
    appDeps,
    planning,
    workflow,
    deliberation,
    findStories: () => findStories(planning, {}),
    subscribers: [
      planningSubscriber(planning),
      workflowSubscriber(workflow),
      deliberation.subscriber,
      presenterSubscriber({ write }),
    ],
  };
}
