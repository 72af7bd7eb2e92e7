import type { Logger } from "pino";
import type { Context } from "../../context/domain/context.ts";
import type { BoundedText } from "../../context/domain/fit-drafts.ts";
import type { AllowMore } from "../../deliberation/application/allow-more.ts";
import type { CountedFor } from "../../deliberation/application/budget-accounts.ts";
import type { AdviceRequested } from "../../deliberation/application/request-advice.ts";
import type { StopDeliberations } from "../../deliberation/application/stop-deliberations.ts";
import type { BudgetAccount } from "../../deliberation/domain/council-budget.ts";
import type { Deliberation } from "../../deliberation/domain/deliberation.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { CeremonyId, StoryId, TaskId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { AssignEpic } from "../../planning/application/assign-epic.ts";
import type { CreateCeremony } from "../../planning/application/ceremonies/create-ceremony.ts";
import type { TransitionCeremony } from "../../planning/application/ceremonies/transition-ceremony.ts";
import type { DerivePlan, IssueFacts, TransitionStory } from "../../planning/application/commands.ts";
import type { JudgeDecision } from "../../planning/application/judge-decision.ts";
import type { CeremonyFilter, StoryFilter } from "../../planning/application/ports.ts";
import type { StateDecision } from "../../planning/application/record-decision.ts";
import type { RecordPutBack } from "../../planning/application/record-put-back.ts";
import type { RecordSurroundings } from "../../planning/application/record-surroundings.ts";
import { type Ceremony, openCeremonyStates } from "../../planning/domain/ceremony/ceremony.ts";
import type { CeremonyDecision } from "../../planning/domain/ceremony/ceremony-request.ts";
import type { Decision } from "../../planning/domain/decision.ts";
import type { DecisionJudged } from "../../planning/domain/judge-decision.ts";
import type { Story, TransitionRecord as StoryRecord } from "../../planning/domain/story.ts";
import type { StoryDecision, TaskStanding } from "../../planning/domain/story-request.ts";
import type { AmendTask } from "../../workflow/application/amend-task.ts";
import type {
  AmendFeedback,
  ApproveStory,
  CouncilFailed,
  DismissReview,
  HandOverTask,
  LinkTask,
  PassTests,
  RecordCheck,
  RecordHead,
  RecordMerge,
  ReviewTask,
  TransitionTask,
} from "../../workflow/application/commands.ts";
import type { CouncilPolicy, TaskFilter } from "../../workflow/application/ports.ts";
import type { ClaimScope, HolderRoles, ReleasedClaim } from "../../workflow/application/release-lost-claims.ts";
import type { AmendDecision } from "../../workflow/domain/amend-task.ts";
import type { StoryRoom } from "../../workflow/domain/story-room.ts";
import type { Task, TransitionRecord as TaskRecord } from "../../workflow/domain/task.ts";
import type { TaskDecision } from "../../workflow/domain/task-request.ts";
import type { AppIdentity } from "../client/app-identity.ts";
import type { GitHubClient, OctokitFor } from "../client/octokit.ts";
import type { RepositoryConfigurations } from "../configuration/repository-configuration.ts";
import type { FollowDeps } from "../repositories/follow-repositories.ts";
import type { RepositoryStandings } from "../repositories/repository-standing.ts";
import type { Roles, RolesOf } from "../roles/role-resolver.ts";
import type { EnqueueWrite } from "../write/write-target.ts";

/** Planning's use cases, with their own dependencies bound by `main.ts`. */
export type PlanningUseCases = {
  /** `known` is the story as it was just read. */
  readonly recordIssue: (facts: IssueFacts, known?: Story | null) => Promise<Story>;
  readonly transitionStory: (command: TransitionStory) => Promise<StoryDecision>;
  readonly derivePlan: (command: DerivePlan) => Promise<StoryDecision>;
  /** Whether anything changed. */
  readonly recordSurroundings: (facts: RecordSurroundings) => Promise<boolean>;
  /** Whether anything changed. */
  readonly assignEpic: (command: AssignEpic) => Promise<boolean>;
  /** The ids of those of which more is kept now. */
  readonly mendTexts: (stories: readonly Story[]) => Promise<readonly StoryId[]>;
  readonly recordPutBack: (command: RecordPutBack) => Promise<void>;
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
  readonly stateDecision: (command: StateDecision) => Promise<DecisionJudged>;
  /** Approves or rejects a proposed decision. */
  readonly judgeDecision: (command: JudgeDecision) => Promise<DecisionJudged>;
  /** Creates a ceremony, and starts it if so asked. */
  readonly createCeremony: (command: CreateCeremony) => Promise<CeremonyDecision>;
  readonly transitionCeremony: (command: TransitionCeremony) => Promise<CeremonyDecision>;
  readonly getCeremony: (id: CeremonyId) => Promise<Ceremony | null>;
  readonly findCeremonies: (filter: CeremonyFilter) => Promise<readonly Ceremony[]>;
  /** Those that hold the story or were called on it, newest first. */
  readonly ceremoniesOf: (id: StoryId) => Promise<readonly Ceremony[]>;
  readonly decisions: (id: StoryId) => Promise<readonly Decision[]>;
};

/** Workflow's use cases, likewise. */
export type WorkflowUseCases = {
  readonly transitionTask: (command: TransitionTask) => Promise<TaskDecision>;
  readonly reviewTask: (command: ReviewTask) => Promise<TaskDecision>;
  readonly dismissReview: (command: DismissReview) => Promise<TaskDecision>;
  readonly amendFeedback: (command: AmendFeedback) => Promise<boolean>;
  readonly approveStory: (command: ApproveStory) => Promise<readonly TaskDecision[]>;
  readonly handOverTask: (command: HandOverTask) => Promise<TaskDecision>;
  readonly amendTask: (command: AmendTask) => Promise<AmendDecision>;
  /** Takes a task back from its council, with the reason. */
  readonly councilFailed: (command: CouncilFailed) => Promise<TaskDecision>;
  readonly linkTask: (facts: LinkTask) => Promise<unknown>;
  readonly recordHead: (facts: RecordHead) => Promise<unknown>;
  readonly passTests: (facts: PassTests) => Promise<unknown>;
  readonly recordCheck: (facts: RecordCheck) => Promise<void>;
  readonly recordMerge: (facts: RecordMerge) => Promise<unknown>;
  readonly releaseLostClaims: (
    scope: ClaimScope,
    rolesOf: HolderRoles,
    deliveryId: string | null,
  ) => Promise<readonly ReleasedClaim[]>;
  readonly findTasks: (filter: TaskFilter) => Promise<readonly Task[]>;
  /** The holder was heard of. */
  readonly renewLease: (taskId: TaskId, by: Principal) => Promise<void>;
  readonly getTask: (id: TaskId) => Promise<Task | null>;
  readonly taskHistory: (id: TaskId) => Promise<readonly TaskRecord[]>;
  /** fleet.yml was changed: stories that wait for a place may have one. */
  readonly limitsChanged: (
    at: { readonly installation: number; readonly repository: number },
    deliveryId: string,
  ) => Promise<void>;
  /** What a story finds in its repository; null where nothing limits the stories in progress. */
  readonly storyRoom: (id: StoryId) => Promise<StoryRoom | null>;
};

/** What people ask of councils, likewise. */
export type CouncilUseCases = {
  /** Asks for a plan of a story in `ready-for-planning`; the same delivery asks once. */
  readonly requestPlan: (storyId: StoryId, deliveryId: string, members?: number) => Promise<unknown>;
  /** Asks agents for their advice on a change of people that waits at a gate; on one change once. */
  readonly requestAdvice: (taskId: TaskId, deliveryId: string) => Promise<AdviceRequested>;
  /** Stops what is at work; the ids of what this delivery stopped. */
  readonly stop: (command: StopDeliberations) => Promise<readonly string[]>;
  /** Every deliberation of a story and its tasks, oldest first. */
  readonly ofStory: (storyId: StoryId) => Promise<readonly Deliberation[]>;
  /** How the budgets of a task, its story and the day stand, where they are limited. */
  readonly budgetAccounts: (countedFor: CountedFor) => Promise<readonly BudgetAccount[]>;
  /** Raises what councils may use on a task or a story; what waits for a budget there goes on. */
  readonly allowMore: (command: AllowMore) => Promise<void>;
};

/**
 * Commands that have had their outcome. A redelivery of one, however late, does nothing more: what was refused then is not
 * done now because the state has changed.
 */
export type AnsweredCommands = {
  readonly has: (triggerId: string) => Promise<boolean>;
  readonly add: (triggerId: string) => Promise<void>;
};

/** What an agent of a role would be given; null where there is no such story. */
export type ContextOf = (about: {
  readonly storyId: StoryId;
  readonly taskId: TaskId | null;
  readonly role: Role;
  /** Who is shown it: the audit's principal. */
  readonly asker: Principal;
}) => Promise<Context | null>;

/** What whoever goes on with a story needs, as far as it concerns a role (null: all of it); null where there is no such story. */
export type SessionOf = (about: {
  readonly storyId: StoryId;
  readonly role: Role | null;
  /** Who is shown it: the audit's principal. */
  readonly asker: Principal;
}) => Promise<BoundedText | null>;

/** What the webhook handlers need. `main.ts` wires it. */
export type AppDeps = {
  readonly planning: PlanningUseCases;
  readonly workflow: WorkflowUseCases;
  readonly councils: CouncilUseCases;
  readonly contextOf: ContextOf;
  readonly sessionOf: SessionOf;
  readonly answered: AnsweredCommands;
  readonly councilPolicy: (repository: number) => Promise<CouncilPolicy>;
  readonly rolesOf: RolesOf;
  /** Forgets what was looked up of roles. */
  readonly forgetRoles: Roles["forget"];
  readonly repositories: RepositoryStandings;
  readonly configurations: RepositoryConfigurations;
  readonly octokitFor: OctokitFor;
  /** A client that acts as the App itself, by JWT. */
  readonly appOctokit: () => Promise<GitHubClient>;
  readonly identityOf: (installation: number) => Promise<AppIdentity>;
  readonly write: EnqueueWrite;
  readonly clock: Clock;
  readonly log: Logger;
};

/** One webhook delivery, as a handler gets it. The payload is not parsed yet. */
export type Delivery = { readonly id: string; readonly payload: unknown };

/** Handles one event; throws what the queue should retry. */
export type Handler = (deps: AppDeps, delivery: Delivery) => Promise<void>;

/** What following a repository needs, of what the handlers have. */
export function followDepsOf(deps: AppDeps): FollowDeps {
  return {
    ...deps,
    storiesOf: (repository) => deps.planning.findStories({ repository }),
    ceremoniesOf: (repository) => deps.planning.findCeremonies({ repository, states: openCeremonyStates }),
    tasksOf: (repository) => deps.workflow.findTasks({ repository }),
  };
}
