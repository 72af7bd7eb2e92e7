import type { Clock } from "../../kernel/clock.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import type { NewId, StoryId, TaskId } from "../../kernel/ids.ts";
import type { TaskState } from "../../kernel/states.ts";
import type { Transaction, UnitOfWork } from "../../kernel/transaction.ts";
import type { SlaPolicy } from "../domain/deadlines.ts";
import type { StoryInExecution } from "../domain/story-room.ts";
import type { Task, TransitionRecord } from "../domain/task.ts";

/** Which tasks to find; every given field narrows. */
export type TaskFilter = {
  readonly storyId?: StoryId;
  readonly repository?: number;
  readonly pullRequest?: number;
  readonly issueNumber?: number;
  readonly branch?: string;
  readonly states?: readonly TaskState[];
};

/** Where tasks are kept. */
export interface Tasks {
  /** Loads a task to change it: nobody else can load it so until the transaction ends. */
  loadForChange(tx: Transaction, id: TaskId): Promise<Task | null>;
  load(tx: Transaction, id: TaskId): Promise<Task | null>;
  /** Ordered by repository, story, plan version and number. */
  find(tx: Transaction, filter: TaskFilter): Promise<readonly Task[]>;
  /** Every task of a story, loaded for change. */
  findForChange(tx: Transaction, storyId: StoryId): Promise<readonly Task[]>;
  /** Nobody else begins a story of the repository until the transaction ends, which is one that writes. */
  lockStories(tx: Transaction, repository: number): Promise<void>;
  /** Creates the tasks of one plan that are not there yet, with their relationships; returns those. */
  create(tx: Transaction, tasks: readonly Task[], decidedBy: string): Promise<readonly Task[]>;
  /** Saves what differs from the task that was loaded for change, and appends the records of its transitions. */
  save(tx: Transaction, before: Task, after: Task, records: readonly TransitionRecord[]): Promise<void>;
  history(tx: Transaction, id: TaskId): Promise<readonly TransitionRecord[]>;
}

/** What workflow needs to know of a story. */
export type StoryFacts = {
  readonly owner: string;
  readonly repo: string;
  readonly issueNumber: number;
  /** The version of the plan in force; null while none is approved. */
  readonly approvedPlan: number | null;
  /** Whether work on it goes on: from `ready-for-execution` to `accepted`. */
  readonly executing: boolean;
};

/** Planning answers it, `main.ts` wires it; null where there is no such story. */
export type FindStoryFacts = (tx: Transaction, storyId: StoryId) => Promise<StoryFacts | null>;

/** Planning's stories from `ready-for-execution` to `ready-to-review` of a repository; `main.ts` wires it. */
export type FindStoriesInExecution = (tx: Transaction, repository: number) => Promise<readonly StoryInExecution[]>;

/** How councils work in a repository. */
export type CouncilPolicy = {
  /** `auto`: ready tasks go to a council by themselves; `command`: only when somebody says so. */
  readonly start: "auto" | "command";
  /** Whether a model host is configured at all. */
  readonly available: boolean;
  /** How many rounds a council may take by itself before it waits for a person. */
  readonly maxRounds: number;
};

/** What workflow's use cases need. */
export type WorkflowDeps = {
  readonly graph: UnitOfWork;
  readonly tasks: Tasks;
  readonly stories: FindStoryFacts;
  readonly storiesInExecution: FindStoriesInExecution;
  /** Appends events to the outbox, in the same transaction. */
  readonly events: (tx: Transaction, events: readonly FleetEvent[]) => Promise<void>;
  /** The inbox: whether this event comes for the first time, recorded in the same transaction (DOMAIN.md §6). */
  readonly firstTime: (tx: Transaction, eventId: string) => Promise<boolean>;
  readonly councilPolicy: (repository: number) => Promise<CouncilPolicy>;
  /** How many stories may be in progress in a repository (`limits.stories-in-progress`); null: any number. */
  readonly storyLimit: (repository: number) => Promise<number | null>;
  /** How long people may take in a repository. */
  readonly sla: (repository: number) => Promise<SlaPolicy>;
  /**
   * Whether the task's council is at its round: it waits for a worker, works, or its winner is on its way to the branch.
   * A council's lease goes on meanwhile, however long that takes.
   */
  readonly councilAtWork: (task: TaskId, round: number) => Promise<boolean>;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Called after a transaction with events has committed: wakes the relay. */
  readonly committed?: () => void;
};
