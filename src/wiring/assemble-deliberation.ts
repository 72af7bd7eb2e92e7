import { type AccessQuestion, explainAccess } from "../context/application/access/explain-access.ts";
import type { KnowledgeDeps } from "../context/application/knowledge-ports.ts";
import { happenedSince, type SessionDeps } from "../context/application/rehydrate-session.ts";
import type { WriteSummaryDeps } from "../context/application/write-summary.ts";
import { type BlockRule, blockRules } from "../context/domain/access/block-rules.ts";
import type { WhyNot } from "../context/domain/access/why-not.ts";
import { allowMore } from "../deliberation/application/allow-more.ts";
import { budgetAccounts } from "../deliberation/application/budget-accounts.ts";
import {
  deliberationsOf,
  getDeliberation,
  latestAdvice,
  latestDeliberation,
  spentOn,
} from "../deliberation/application/find-deliberations.ts";
import { followDeliberation } from "../deliberation/application/follow-deliberation.ts";
import { type DeliberationReport, deliberationQueues } from "../deliberation/application/job.ts";
import {
  type CouncilFigures,
  readCouncilFigures,
  readStatistics,
  type StatisticsDeps,
} from "../deliberation/application/read-statistics.ts";
import type { RecordDeps } from "../deliberation/application/record-report.ts";
import { requestAdvice } from "../deliberation/application/request-advice.ts";
import { requestPlan } from "../deliberation/application/request-plan.ts";
import { startWaiting } from "../deliberation/application/start-waiting.ts";
import { stopDeliberations } from "../deliberation/application/stop-deliberations.ts";
import type { DeliberationUseCaseDeps, Spent } from "../deliberation/application/use-case-ports.ts";
import { composeCouncil } from "../deliberation/domain/council.ts";
import type { BudgetUnit, ScopeLimits } from "../deliberation/domain/council-budget.ts";
import type { CouncilStatistics } from "../deliberation/domain/council-statistics.ts";
import {
  cancellationQueue,
  createCancelDeliberation,
  createEnqueueDeliberation,
  createReportProcessor,
  createSavedOf,
  type QueuedDeliberation,
  waitingDeliberations,
} from "../deliberation/infrastructure/deliberation-queues.ts";
import { deliberationSubscriber } from "../deliberation/infrastructure/deliberation-subscriber.ts";
import { graphDeliberations } from "../deliberation/infrastructure/graph-deliberations.ts";
import type { RepositoryRef } from "../github/client/octokit.ts";
import type { FleetConfiguration } from "../github/configuration/fleet-configuration.ts";
import type { CouncilView } from "../github/present/council-view.ts";
import { writesAbout } from "../github/present/presenter-subscriber.ts";
import type { ContextOf, CouncilUseCases } from "../github/translate/app-deps.ts";
import type { EnqueueWrite } from "../github/write/write-target.ts";
import { RetryableError } from "../kernel/errors.ts";
import type { StoryId, TaskId } from "../kernel/ids.ts";
import { system } from "../kernel/principal.ts";
import type { TaskState } from "../kernel/states.ts";
import type { Subscriber } from "../kernel/subscriber.ts";
import { isReviewAwaited } from "../planning/application/ceremonies/find-ceremonies.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import type { Cache } from "../platform/cache/cache.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import type { WorkflowDeps } from "../workflow/application/ports.ts";
import { tasksInStates } from "../workflow/infrastructure/task-standings.ts";
import { createAskForSummary } from "./ask-for-summary.ts";
import type { AssembleOptions } from "./assemble-options.ts";
import { createContextFacts } from "./context-facts.ts";
import { contextViewer, readsAbout } from "./context-viewer.ts";
import { createCouncilContexts } from "./council-contexts.ts";
import { storyFacts, taskFacts } from "./council-facts.ts";
import { contextRole, phaseNow, sessionRoleOf } from "./council-readers.ts";
import { countByModels } from "./count-by-models.ts";
import { createOpenCode } from "./open-code.ts";
import { openModels } from "./open-models.ts";
import { redactRemembered } from "./redact.ts";
import { createSourceOf } from "./source-of.ts";

/** Deliberation as the graph's side sees it: requests, reports, and what GitHub shows of a council. */
export type Deliberation = {
  readonly subscriber: Subscriber;
  readonly councils: CouncilUseCases;
  /** What an agent would be given of a story, or of one of its tasks. */
  readonly contextOf: ContextOf;
  /** Which rules of access keep what out of that, and out of it one thing that somebody asks about. */
  readonly accessRules: (
    context: Parameters<ContextOf>[0],
    about: AccessQuestion | null,
  ) => Promise<AccessRules | null>;
  readonly latestCouncil: (
    about: { readonly taskId: TaskId } | { readonly storyId: StoryId },
  ) => Promise<CouncilView | null>;
  readonly latestAdvice: (taskId: TaskId) => Promise<CouncilView | null>;
  /** One deliberation with its outcome. */
  readonly get: (id: string) => Promise<CouncilView | null>;
  /** One deliberation with its steps, also while it is at work. */
  readonly follow: (id: string) => ReturnType<typeof followDeliberation>;
  /** Asks a model for the summary of a story. */
  readonly askForSummary: WriteSummaryDeps["ask"];
  readonly spentOn: (storyId: StoryId) => Promise<Spent>;
  /** Starts what waits for a budget, where there are some again; returns how many. */
  readonly startWaiting: () => Promise<number>;
  /** The figures of the councils of one repository, or of all (null). */
  readonly statistics: (repository: number | null) => Promise<CouncilStatistics>;
  /** The figures of every kind of council, by repository. */
  readonly figures: () => Promise<readonly CouncilFigures[]>;
  /** Starts to record what workers report, and shows again whose place in the queue changed. */
  readonly recordReports: (queues: QueueEngine, write: EnqueueWrite) => void;
};

/** `whyNot` null: it is seen. */
export type AccessRules = {
  readonly blocks: readonly BlockRule[];
  readonly about: { readonly question: AccessQuestion; readonly whyNot: WhyNot | null } | null;
};

type Options = AssembleOptions & {
  readonly cache: Cache;
  readonly shared: Omit<RecordDeps, "deliberations">;
  readonly planning: PlanningDeps;
  readonly workflow: WorkflowDeps;
  readonly refOf: (repository: number) => Promise<RepositoryRef>;
  readonly configurationOf: (repository: number) => Promise<FleetConfiguration>;
  readonly knowing: KnowledgeDeps;
  readonly sessions: SessionDeps;
};

/** A task's change is approved by people in these. */
const approvedStates: readonly TaskState[] = ["po-approved", "done"];

/** While every configured model host is down, work waits for one; this long between two looks, in milliseconds. */
const noHostRetryMs = 10_000;

export async function assembleDeliberation(options: Options): Promise<Deliberation> {
  const { environment, queues, github, shared, planning, workflow, configurationOf, logger } = options;
  const models = openModels(environment, logger);
  const jobs = queues.queue<QueuedDeliberation>(deliberationQueues.jobs);
  const contexts = createCouncilContexts({
    factsOf: createContextFacts({ ...options.knowing, clock: options.clock ?? Date.now }),
    openCode: createOpenCode(options.graph, options.clock ?? Date.now),
    redact: redactRemembered,
    countBy: (of) => countByModels(models, of),
    ...{ cache: options.cache, logger },
  });
  const deps: DeliberationUseCaseDeps = {
    ...shared,
    deliberations: graphDeliberations,
    storyFacts: (id) => storyFacts(planning, id),
    taskFacts: (id) => taskFacts(workflow, id),
    isReviewAwaited: (ceremony, story) => isReviewAwaited(planning, ceremony, story),
    async configurationOf(repository) {
      const { council, checks, paths, limits } = await configurationOf(repository);
      const limitsIn = (unit: BudgetUnit): ScopeLimits => ({
        task: limits[`${unit}-a-task`] ?? null,
        story: limits[`${unit}-a-story`] ?? null,
        day: limits[`${unit}-a-day`] ?? null,
      });
      const { install = null, build = null, lint = null, test = null, migrate = null } = checks;
      return {
        council,
        checks: { install, build, lint, test, migrate },
        paths: { deny: paths.deny, tests: paths.tests },
        limits: { tokens: limitsIn("tokens"), minutes: limitsIn("minutes") },
      };
    },
    async served() {
      if (environment.models.hosts.length === 0) return [];
      const served = await models.discover();
      if (served.length === 0) throw new RetryableError("No model host answers.", noHostRetryMs);
      return served;
    },
    sourceOf: createSourceOf({ ...github, dataDir: environment.dataDir }),
    buildContext: contexts.forCouncil,
    async happenedSince({ kind, story, task, since }) {
      const purpose = "a council goes on in another worker";
      const asked = { story: story.id, role: sessionRoleOf(kind, task), asker: system, purpose, since };
      return (await happenedSince(options.sessions, asked)).map(({ text }) => text);
    },
    enqueue: createEnqueueDeliberation(jobs),
    cancel: createCancelDeliberation(jobs, queues.queue(cancellationQueue)),
    trusted: options.trusted === true,
  };
  const approvedTasks: StatisticsDeps["approvedTasks"] = async (tasks) =>
    new Set(await shared.graph.read((tx) => tasksInStates(tx, tasks, approvedStates)));
  return {
    subscriber: deliberationSubscriber(deps),
    councils: {
      requestPlan: (storyId, deliveryId, members) =>
        requestPlan(deps, storyId, { correlationId: deliveryId, causationId: deliveryId }, members),
      requestAdvice: (taskId, deliveryId) =>
        requestAdvice(deps, taskId, { correlationId: deliveryId, causationId: deliveryId }),
      stop: (command) => stopDeliberations(deps, command),
      ofStory: (storyId) => deliberationsOf(deps, storyId),
      budgetAccounts: (countedFor) => budgetAccounts(deps, countedFor),
      allowMore: (command) => allowMore(deps, command),
    },
    contextOf: async ({ storyId, taskId, role, asker }) => {
      const story = await deps.storyFacts(storyId);
      const task = taskId === null ? null : await deps.taskFacts(taskId);
      if (story === null) return null;
      const { council } = await configurationOf(story.repository);
      const members = composeCouncil(await models.discover(), council);
      const of = [...new Set(members.map(({ model }) => model))];
      return contexts.forRole(
        { story, task, role, asker, models: of },
        await deps.sourceOf(story, task?.branch ?? null),
      );
    },
    async accessRules({ storyId, taskId, role: asked, asker }, question) {
      const story = await deps.storyFacts(storyId);
      const task = taskId === null ? null : await deps.taskFacts(taskId);
      if (story === null) return null;
      const role = contextRole(asked);
      const viewer = contextViewer({ story, task }, role, phaseNow(role, task));
      const purpose = "why something is not in a context";
      const reads = readsAbout({ graph: options.graph, clock: shared.clock }, { story, task });
      const about = question && {
        question,
        whyNot: await explainAccess(reads, { viewer, asker, purpose, query: question }),
      };
      return { blocks: blockRules(viewer), about };
    },
    get: (id) => getDeliberation(deps, id),
    follow: (id) => followDeliberation({ ...deps, savedOf: createSavedOf(jobs) }, id),
    latestAdvice: (taskId) => latestAdvice(deps, taskId),
    latestCouncil: async (about) => {
      const latest = await latestDeliberation(deps, about);
      if (latest?.status !== "queued") return latest;
      const ahead = (await waitingDeliberations(jobs)).findIndex(({ deliberationId }) => deliberationId === latest.id);
      return { ...latest, ahead: ahead < 0 ? null : ahead };
    },
    askForSummary: createAskForSummary(deps, models),
    spentOn: (storyId) => spentOn(deps, storyId),
    startWaiting: () => startWaiting(deps),
    statistics: (repository) => readStatistics({ ...deps, approvedTasks }, repository),
    figures: () => readCouncilFigures({ ...deps, approvedTasks }),
    recordReports: (engine, write) => {
      const recorded = async (report: DeliberationReport) => {
        if (report.kind !== "progress" || report.status !== "drafting") return;
        const began = await getDeliberation(deps, report.deliberationId);
        const behind = (await waitingDeliberations(jobs)).map(({ subject }) => subject);
        for (const subject of [...(began === null ? [] : [began]), ...behind.slice(0, shownAgain)]) {
          for (const target of writesAbout(subject)) await write(target);
        }
      };
      engine.worker(deliberationQueues.results, createReportProcessor(deps, logger, recorded));
    },
  };
}

/** When a council begins, so many of those behind it are shown their new place: each is two writes. */
const shownAgain = 5;
