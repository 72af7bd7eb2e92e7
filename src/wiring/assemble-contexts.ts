import type { RecordAbout } from "../context/application/access/ports.ts";
import { type Rebuilt, rebuildGraph } from "../context/application/rebuild-graph.ts";
import { type SessionDeps, sessionText, sessionTokens } from "../context/application/rehydrate-session.ts";
import { contextSubscriber } from "../context/infrastructure/context-subscriber.ts";
import { graphKnowledge } from "../context/infrastructure/graph-knowledge.ts";
import { graphSession } from "../context/infrastructure/graph-session.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import { createRepositoryConfigurations } from "../github/configuration/repository-configuration.ts";
import { presenterSubscriber } from "../github/present/presenter-subscriber.ts";
import { createRoleResolver } from "../github/roles/role-resolver.ts";
import type { AppDeps } from "../github/translate/app-deps.ts";
import { createNewId } from "../kernel/ids.ts";
import type { Subscriber } from "../kernel/subscriber.ts";
import { createRecordAccesses } from "../monitoring/application/append-audit.ts";
import type { AuditFilter } from "../monitoring/application/audit-log.ts";
import { findAudit, type KeptLog, type VerifiedLog, verifyAudit } from "../monitoring/application/verify-audit.ts";
import type { AuditRecord } from "../monitoring/domain/audit-record.ts";
import { graphAuditLog } from "../monitoring/infrastructure/graph-audit-log.ts";
import {
  createFindStoriesInExecution,
  createFindStoryFacts,
  findStories,
} from "../planning/application/find-stories.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import type { Story } from "../planning/domain/story.ts";
import { graphCeremonies } from "../planning/infrastructure/graph-ceremonies.ts";
import { graphDecisions } from "../planning/infrastructure/graph-decisions.ts";
import { graphEpics } from "../planning/infrastructure/graph-epics.ts";
import { graphStories } from "../planning/infrastructure/graph-stories.ts";
import { planningSubscriber } from "../planning/infrastructure/planning-subscriber.ts";
import { createMemoryCache } from "../platform/cache/memory-cache.ts";
import { once } from "../platform/outbox/once.ts";
import { countPending } from "../platform/outbox/pending-events.ts";
import { readEvents } from "../platform/outbox/read-events.ts";
import type { CouncilPolicy, WorkflowDeps } from "../workflow/application/ports.ts";
import { defaultSla } from "../workflow/domain/deadlines.ts";
import { graphTasks } from "../workflow/infrastructure/graph-tasks.ts";
import { taskStandings } from "../workflow/infrastructure/task-standings.ts";
import { workflowSubscriber } from "../workflow/infrastructure/workflow-subscriber.ts";
import { createAnsweredCommands } from "./answered-commands.ts";
import { assembleDeliberation, type Deliberation } from "./assemble-deliberation.ts";
import type { AssembleOptions } from "./assemble-options.ts";
import { audit, auditedEvents } from "./audited-events.ts";
import { bindPlanning } from "./bind-planning.ts";
import { bindWorkflow } from "./bind-workflow.ts";
import { createCouncilAtWork } from "./council-at-work.ts";
import { createGraphConfigurationStore } from "./graph-configuration-store.ts";
import { createGraphRepositories, createRefOf } from "./graph-repositories.ts";
import { createHotReads } from "./hot-reads.ts";
import { openWrites } from "./open-writes.ts";
import { slaPolicyOf } from "./sla-policy.ts";
import { createSummaries } from "./write-summaries.ts";

/** The contexts of a process that has the graph, wired to one another and to GitHub. */
export type Contexts = {
  readonly appDeps: AppDeps;
  readonly workflow: WorkflowDeps;
  readonly planning: PlanningDeps;
  readonly deliberation: Deliberation;
  readonly subscribers: readonly Subscriber[];
  readonly findStories: () => Promise<readonly Story[]>;
  /** How many events wait in the outbox. */
  readonly unsentEvents: () => Promise<number>;
  /** Starts to write summaries by a model, where the environment says so. */
  readonly writeSummaries: () => void;
  /** Makes what projections wrote anew from the log of events. */
  readonly rebuildGraph: () => Promise<Rebuilt>;
  readonly audit: {
    readonly verify: (kept: readonly KeptLog[]) => Promise<readonly VerifiedLog[]>;
    readonly find: (filter: AuditFilter) => Promise<readonly AuditRecord[]>;
  };
};

/** Wires planning, workflow, deliberation and GitHub on one graph and one set of queues. */
export async function assembleContexts(options: AssembleOptions): Promise<Contexts> {
  const { environment, queues, github, logger, committed } = options;
  const { clock = Date.now, cache = createMemoryCache() } = options;
  const hot = createHotReads({ cache, graph: options.graph, stories: graphStories, tasks: graphTasks, logger });
  const { graph, stories, tasks } = hot;
  const { octokitFor } = github;
  const configurations = createRepositoryConfigurations({
    octokitFor,
    store: createGraphConfigurationStore(graph),
    log: logger,
    clock,
  });
  const repositories = createGraphRepositories(graph, hot.moved);
  const refOf = createRefOf(graph, repositories);
  const configurationOf = async (repository: number) =>
    (await configurations.of(await refOf(repository))).configuration;
  const councilPolicy = async (repository: number): Promise<CouncilPolicy> => {
    const { council } = await configurationOf(repository);
    return { start: council.start, available: environment.models.hosts.length > 0, maxRounds: council.rounds };
  };
  const shared = { graph, events: auditedEvents, newId: createNewId(clock), clock, committed };
  const planning: PlanningDeps = {
    ...shared,
    stories,
    decisions: graphDecisions,
    ceremonies: graphCeremonies,
    epics: graphEpics,
    tasks: taskStandings,
  };
  const workflow: WorkflowDeps = {
    ...shared,
    tasks,
    stories: createFindStoryFacts(stories),
    storiesInExecution: createFindStoriesInExecution(stories),
    storyLimit: async (repository) => (await configurationOf(repository)).limits["stories-in-progress"] ?? null,
    firstTime: (tx, eventId) => once(tx, "workflow", eventId),
    councilPolicy,
    councilAtWork: createCouncilAtWork(graph, queues),
    async sla(repository) {
      try {
        return slaPolicyOf(await configurationOf(repository));
      } catch (error) {
        // One repository that cannot be read must not keep the clocks of all others from going on.
        logger.warn({ repository, err: error }, "the times of fleet.yml could not be read: the usual ones hold");
        return defaultSla;
      }
    },
  };
  const knowing = { graph, knowledge: graphKnowledge, readEvents };
  const recordAccesses: RecordAbout = (tx, about, records) =>
    createRecordAccesses({ ...audit, clock }, about)(tx, records);
  const sessions: SessionDeps = { ...knowing, sessionFacts: graphSession, recordAccesses };
  const deliberation = await assembleDeliberation({
    ...options,
    cache,
    knowing,
    sessions,
    graph,
    shared,
    planning,
    workflow,
    refOf,
    configurationOf,
  });
  const summing = { ...knowing, ...shared, recordAccesses, ask: deliberation.askForSummary };
  const summaries = createSummaries(environment.models.summaries, queues, summing, logger);
  const write = openWrites(queues);
  const roles = createRoleResolver({ octokitFor, configurationOf: (ref) => configurations.of(ref), clock });
  const appDeps: AppDeps = {
    planning: bindPlanning(planning, hot),
    workflow: bindWorkflow(workflow, hot),
    councils: deliberation.councils,
    contextOf: deliberation.contextOf,
    sessionOf: async ({ storyId: story, role, asker }) => {
      const asked = { story, role, asker, purpose: "where things stand, shown to people", budgetTokens: sessionTokens };
      return sessionText(sessions, asked, await loadTokenCounter());
    },
    answered: createAnsweredCommands(graph),
    councilPolicy,
    rolesOf: roles.of,
    forgetRoles: roles.forget,
    repositories,
    configurations,
    octokitFor,
    appOctokit: github.appOctokit,
    identityOf: github.identityOf,
    write,
    clock,
    log: logger,
  };
  const auditing = { graph, log: graphAuditLog };
  return {
    appDeps,
    planning,
    workflow,
    deliberation,
    findStories: () => findStories(planning, {}),
    unsentEvents: () => countPending(graph),
    writeSummaries: summaries.start,
    rebuildGraph: () => rebuildGraph(knowing),
    audit: { verify: (kept) => verifyAudit(auditing, kept), find: (filter) => findAudit(auditing, filter) },
    subscribers: [
      planningSubscriber(planning),
      workflowSubscriber(workflow),
      deliberation.subscriber,
      contextSubscriber(knowing, summaries.projected),
      presenterSubscriber({ write }),
    ],
  };
}
