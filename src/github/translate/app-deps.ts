import type { Logger } from "pino";
import type { Clock } from "../../kernel/clock.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { DerivePlan, IssueFacts, TransitionStory } from "../../planning/application/commands.ts";
import type { StoryFilter } from "../../planning/application/ports.ts";
import type { RecordSurroundings } from "../../planning/application/record-surroundings.ts";
import type { Story, TransitionRecord as StoryRecord } from "../../planning/domain/story.ts";
import type { StoryDecision, TaskStanding } from "../../planning/domain/story-request.ts";
import type { AmendTask } from "../../workflow/application/amend-task.ts";
import type {
  ApproveStory,
  HandOverTask,
  LinkTask,
  RecordHead,
  RecordMerge,
  ReviewTask,
  TransitionTask,
} from "../../workflow/application/commands.ts";
import type { CouncilPolicy, TaskFilter } from "../../workflow/application/ports.ts";
import type { AmendDecision } from "../../workflow/domain/amend-task.ts";
import type { Task, TransitionRecord as TaskRecord } from "../../workflow/domain/task.ts";
import type { TaskDecision } from "../../workflow/domain/task-request.ts";
import type { AppIdentity } from "../client/app-identity.ts";
import type { OctokitFor } from "../client/octokit.ts";
import type { RepositoryConfigurations } from "../configuration/repository-configuration.ts";
import type { RolesOf } from "../roles/role-resolver.ts";
import type { EnqueueWrite } from "../write/write-target.ts";

/** Planning's use cases, with their own dependencies bound by `main.ts`. */
export type PlanningUseCases = {
  /** `known` is the story as it was just read. */
  readonly recordIssue: (facts: IssueFacts, known?: Story | null) => Promise<Story>;
  readonly transitionStory: (command: TransitionStory) => Promise<StoryDecision>;
  readonly derivePlan: (command: DerivePlan) => Promise<StoryDecision>;
  /** Whether anything changed. */
  readonly recordSurroundings: (facts: RecordSurroundings) => Promise<boolean>;
  readonly getStory: (id: StoryId) => Promise<Story | null>;
  /**
   * The story as this process last saw it, without asking the graph; null when it never did. It may be stale, so nothing
   * may rest on it but the two `…Remembered` use cases, which compare the version when they save.
   */
  readonly recallStory: (id: StoryId) => Story | null;
  readonly recordRemembered: (facts: IssueFacts, story: Story) => Promise<Story | null>;
  readonly transitionRemembered: (command: TransitionStory) => Promise<StoryDecision | null>;
  readonly findStories: (filter: StoryFilter) => Promise<readonly Story[]>;
  readonly storyHistory: (id: StoryId) => Promise<readonly StoryRecord[]>;
  readonly taskStandings: (id: StoryId) => Promise<readonly TaskStanding[]>;
};

/** Workflow's use cases, likewise. */
export type WorkflowUseCases = {
  readonly transitionTask: (command: TransitionTask) => Promise<TaskDecision>;
  readonly reviewTask: (command: ReviewTask) => Promise<TaskDecision>;
  readonly approveStory: (command: ApproveStory) => Promise<readonly TaskDecision[]>;
  readonly handOverTask: (command: HandOverTask) => Promise<TaskDecision>;
  readonly amendTask: (command: AmendTask) => Promise<AmendDecision>;
  readonly linkTask: (facts: LinkTask) => Promise<unknown>;
  readonly recordHead: (facts: RecordHead) => Promise<unknown>;
  readonly recordMerge: (facts: RecordMerge) => Promise<unknown>;
  readonly findTasks: (filter: TaskFilter) => Promise<readonly Task[]>;
  /** The holder was heard of. */
  readonly renewLease: (taskId: TaskId, by: Principal) => Promise<void>;
  readonly getTask: (id: TaskId) => Promise<Task | null>;
  readonly taskHistory: (id: TaskId) => Promise<readonly TaskRecord[]>;
};

/** What the webhook handlers need. `main.ts` wires it. */
export type AppDeps = {
  readonly planning: PlanningUseCases;
  readonly workflow: WorkflowUseCases;
  /** Asks a council for a plan of a story in `ready-for-planning`. */
  readonly requestPlan: (storyId: StoryId) => Promise<unknown>;
  readonly councilPolicy: (repository: number) => Promise<CouncilPolicy>;
  readonly rolesOf: RolesOf;
  readonly configurations: RepositoryConfigurations;
  readonly octokitFor: OctokitFor;
  readonly identityOf: (installation: number) => Promise<AppIdentity>;
  readonly write: EnqueueWrite;
  readonly clock: Clock;
  readonly log: Logger;
};

/** One webhook delivery, as a handler gets it. The payload is not parsed yet. */
export type Delivery = { readonly id: string; readonly payload: unknown };

/** Handles one event; throws what the queue should retry. */
export type Handler = (deps: AppDeps, delivery: Delivery) => Promise<void>;
