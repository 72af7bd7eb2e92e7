import type { Clock } from "../../kernel/clock.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import type { CeremonyId, NewId, StoryId } from "../../kernel/ids.ts";
import type { CeremonyState, StoryState } from "../../kernel/states.ts";
import type { Transaction, UnitOfWork } from "../../kernel/transaction.ts";
import type { Ceremony, CeremonyRecord } from "../domain/ceremony/ceremony.ts";
import type { Decision } from "../domain/decision.ts";
import type { Epic, EpicId } from "../domain/epic.ts";
import type { Story, TransitionRecord } from "../domain/story.ts";
import type { TaskStanding } from "../domain/story-request.ts";

/** Which stories to find; every given field narrows. */
export type StoryFilter = {
  readonly repository?: number;
  readonly states?: readonly StoryState[];
  /** The milestone's number. */
  readonly milestone?: number;
};

/** Where stories are kept. */
export interface Stories {
  /** Loads a story to change it: nobody else can load it so until the transaction ends. */
  loadForChange(tx: Transaction, id: StoryId): Promise<Story | null>;
  load(tx: Transaction, id: StoryId): Promise<Story | null>;
  find(tx: Transaction, filter: StoryFilter): Promise<readonly Story[]>;
  /** Loads for change the story of this one's id; creates it as it is given where there is none. */
  loadOrCreate(tx: Transaction, story: Story): Promise<{ readonly story: Story; readonly created: boolean }>;
  /**
   * Saves what differs from the story that was loaded, and appends the records of its transitions.
   * @throws RetryableError when the story has another version by now; nothing is saved then.
   */
  save(tx: Transaction, before: Story, after: Story, records: readonly TransitionRecord[]): Promise<void>;
  /**
   * The same with the events that announce it, in a transaction of its own: the shortest way for a change that rests on a
   * story as it was seen.
   * @throws RetryableError when the story has another version by now; nothing is saved then.
   */
  saveAlone(
    graph: UnitOfWork,
    before: Story,
    after: Story,
    records: readonly TransitionRecord[],
    events: readonly FleetEvent[],
  ): Promise<void>;
  /**
   * Writes what is read out of these stories' texts again, where a node has it not or otherwise: one that an earlier version of
   * the fleet stored. Answers with the ids of those; a story that has another version by now is left alone.
   */
  mendTexts(tx: Transaction, stories: readonly Story[]): Promise<readonly StoryId[]>;
  history(tx: Transaction, id: StoryId): Promise<readonly TransitionRecord[]>;
}

/** Where decisions are kept. */
export interface Decisions {
  /** Creates it with what it affects and who made it; its number is new, which the lock on its story guards. */
  create(tx: Transaction, decision: Decision): Promise<void>;
  /** Saves its status and judgement, and who judged it. */
  judge(tx: Transaction, decision: Decision): Promise<void>;
  load(tx: Transaction, id: string): Promise<Decision | null>;
  /** By its number, as people name it: `D3`. */
  numbered(tx: Transaction, story: StoryId, number: number): Promise<Decision | null>;
  /** The highest number of a story's decisions; 0 where there is none. */
  lastNumber(tx: Transaction, story: StoryId): Promise<number>;
  /** Those that affect the story or its tasks, oldest first: the latest `mostDecisionsRead`. */
  ofStory(tx: Transaction, id: StoryId): Promise<readonly Decision[]>;
}

/** Where epics are kept. The stories that they contain make them. */
export interface Epics {
  /** Nobody else can load it so until the transaction ends. */
  loadForChange(tx: Transaction, id: EpicId): Promise<Epic | null>;
  /** Saves to whom it is assigned. */
  save(tx: Transaction, epic: Epic): Promise<void>;
}

/** Which ceremonies to find; every given field narrows. */
export type CeremonyFilter = {
  readonly repository?: number;
  readonly states?: readonly CeremonyState[];
};

/** Where ceremonies are kept. */
export interface Ceremonies {
  /** Creates it with the records of its first transitions; its id is new, which the lock on its stories guards. */
  create(tx: Transaction, ceremony: Ceremony, records: readonly CeremonyRecord[]): Promise<void>;
  load(tx: Transaction, id: CeremonyId): Promise<Ceremony | null>;
  /** Loads it to change it: nobody else can load it so until the transaction ends. */
  loadForChange(tx: Transaction, id: CeremonyId): Promise<Ceremony | null>;
  /** Saves what differs from the one that was loaded for change, and appends the records of its transitions. */
  save(tx: Transaction, before: Ceremony, after: Ceremony, records: readonly CeremonyRecord[]): Promise<void>;
  /** Those that hold the story or were called on it, newest first. */
  ofStory(tx: Transaction, id: StoryId): Promise<readonly Ceremony[]>;
  /** Oldest first. */
  find(tx: Transaction, filter: CeremonyFilter): Promise<readonly Ceremony[]>;
  /** Every transition of one, oldest first. */
  history(tx: Transaction, id: CeremonyId): Promise<readonly CeremonyRecord[]>;
}

/** How the tasks of a story's latest plan stand; workflow answers it, `main.ts` wires it. */
export type TaskStandings = (tx: Transaction, storyId: StoryId) => Promise<readonly TaskStanding[]>;

/** What planning's use cases need. */
export type PlanningDeps = {
  readonly graph: UnitOfWork;
  readonly stories: Stories;
  readonly decisions: Decisions;
  readonly ceremonies: Ceremonies;
  readonly epics: Epics;
  readonly tasks: TaskStandings;
  /** Appends events to the outbox, in the same transaction. */
  readonly events: (tx: Transaction, events: readonly FleetEvent[]) => Promise<void>;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Called after a transaction with events has committed: wakes the relay. */
  readonly committed?: () => void;
};
