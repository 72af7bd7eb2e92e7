import type { Logger } from "pino";
import type { CountedFor } from "../../deliberation/application/budget-accounts.ts";
import type { BudgetAccount } from "../../deliberation/domain/council-budget.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { CeremonyId, StoryId, TaskId } from "../../kernel/ids.ts";
import type { Ceremony } from "../../planning/domain/ceremony/ceremony.ts";
import type { Decision } from "../../planning/domain/decision.ts";
import type { Story } from "../../planning/domain/story.ts";
import type {
  CouncilFailed,
  LinkTask,
  PassTests,
  RecordHead,
  RecordMerge,
} from "../../workflow/application/commands.ts";
import type { CouncilPolicy } from "../../workflow/application/ports.ts";
import type { StoryRoom } from "../../workflow/domain/story-room.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { AppIdentity } from "../client/app-identity.ts";
import type { OctokitFor, RepositoryRef } from "../client/octokit.ts";
import type { ConfigurationAnswer } from "../configuration/repository-configuration.ts";
import type { Spent } from "../present/cost.ts";
import type { CouncilView } from "../present/council-view.ts";
import type { RepositoryStanding } from "../repositories/repository-standing.ts";
import type { WriteCost } from "./on.ts";

/** What the writer reads from the graph, when a job runs. */
export type WriterReads = {
  readonly story: (id: StoryId) => Promise<Story | null>;
  readonly task: (id: TaskId) => Promise<Task | null>;
  /** Every task of a story, of all its plans. */
  readonly tasksOf: (id: StoryId) => Promise<readonly Task[]>;
  /** The latest deliberation about a task, or about a story's plan. */
  readonly latestCouncil: (
    about: { readonly taskId: TaskId } | { readonly storyId: StoryId },
  ) => Promise<CouncilView | null>;
  /** The newest advice of agents on a task's change. */
  readonly latestAdvice: (id: TaskId) => Promise<CouncilView | null>;
  readonly ceremony: (id: CeremonyId) => Promise<Ceremony | null>;
  /** Those that hold the story or were called on it, newest first. */
  readonly ceremoniesOf: (id: StoryId) => Promise<readonly Ceremony[]>;
  /** One deliberation by its id. */
  readonly council: (id: string) => Promise<CouncilView | null>;
  /** What a story finds in its repository; null where nothing limits the stories in progress. */
  readonly storyRoom: (id: StoryId) => Promise<StoryRoom | null>;
  /** Every decision of a story and its tasks, oldest first. */
  readonly decisions: (id: StoryId) => Promise<readonly Decision[]>;
  /** What all councils of a story used up. */
  readonly spentOn: (id: StoryId) => Promise<Spent>;
  /** How the tokens of a task, its story and the day stand, where fleet.yml limits them. */
  readonly budgetAccounts: (countedFor: CountedFor) => Promise<readonly BudgetAccount[]>;
};

/** What the writer tells the graph: facts that were born on GitHub. Each is idempotent. */
export type WriterFacts = {
  readonly linkTask: (facts: LinkTask) => Promise<unknown>;
  readonly recordHead: (facts: RecordHead) => Promise<unknown>;
  readonly passTests: (facts: PassTests) => Promise<unknown>;
  readonly recordMerge: (facts: RecordMerge) => Promise<unknown>;
  /** The council's work cannot be used: the task goes back. */
  readonly councilFailed: (facts: CouncilFailed) => Promise<unknown>;
};

/** What the writer needs. */
export type WriterDeps = {
  readonly octokitFor: OctokitFor;
  readonly identityOf: (installation: number) => Promise<AppIdentity>;
  readonly configurationOf: (ref: RepositoryRef) => Promise<ConfigurationAnswer>;
  /** Where a repository is now, and whether the fleet may write there; null for one that is not known yet. */
  readonly standingOf: (repository: number) => Promise<RepositoryStanding | null>;
  /** GitHub refused a write there: what is known of the repository is made right. */
  readonly follow: (ref: RepositoryRef) => Promise<unknown>;
  readonly councilPolicy: (repository: number) => Promise<CouncilPolicy>;
  readonly reads: WriterReads;
  readonly facts: WriterFacts;
  /** Called for every write with the target's key: what a task costs is counted by it. */
  readonly written?: (key: string, cost: WriteCost) => void;
  /** What is simulated, in words ("a local GitHub and the rehearsal model"); null where nothing is. */
  readonly simulated: string | null;
  readonly clock: Clock;
  readonly log: Logger;
};
