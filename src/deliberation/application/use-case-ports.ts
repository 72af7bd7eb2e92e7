import type { Clock } from "../../kernel/clock.ts";
import type { FleetEvent } from "../../kernel/event.ts";
import type { CeremonyId, NewId, StoryId, TaskId } from "../../kernel/ids.ts";
import type { Role } from "../../kernel/roles.ts";
import type { StoryState, TaskState, TaskType } from "../../kernel/states.ts";
import type { Transaction, UnitOfWork } from "../../kernel/transaction.ts";
import type { CouncilSettings } from "../domain/council.ts";
import type { BudgetUnit, ScopeLimits } from "../domain/council-budget.ts";
import type { CouncilRecord, ProposalRecord } from "../domain/council-statistics.ts";
import type { Deliberation, DeliberationKind } from "../domain/deliberation.ts";
import type { CheckConfiguration, DeliberationJob, PolicyConfiguration } from "./job.ts";

/** Where deliberations and proposals are kept. */
export interface Deliberations {
  /** Creates it where there is none with that id; true when it was created. */
  create(tx: Transaction, deliberation: Deliberation): Promise<boolean>;
  load(tx: Transaction, id: string): Promise<Deliberation | null>;
  /** Nobody else can load it so until the transaction ends. */
  loadForChange(tx: Transaction, id: string): Promise<Deliberation | null>;
  /** Saves status, note, end and outcome with its proposals. */
  save(tx: Transaction, deliberation: Deliberation): Promise<void>;
  /** Plans, or a task's implementations; newest first. Outcomes are loaded for the first one only. */
  find(
    tx: Transaction,
    about: { readonly story: string; readonly task: string | null },
  ): Promise<readonly Deliberation[]>;
  /** The newest advice on a task's change; null where there is none. */
  adviceOn(tx: Transaction, task: { readonly story: string; readonly task: string }): Promise<Deliberation | null>;
  /** Whether a council made a candidate for the task that has this tree. */
  hasCandidate(
    tx: Transaction,
    of: { readonly story: string; readonly task: string; readonly tree: string },
  ): Promise<boolean>;
  /** Every deliberation of a story, its plans and its tasks' alike, oldest first; outcomes without candidates. */
  ofStory(tx: Transaction, story: string): Promise<readonly Deliberation[]>;
  /** Those that wait for a budget, in the order in which they were asked for; without candidates. */
  waiting(tx: Transaction): Promise<readonly Deliberation[]>;
  /** Nobody else does so for the repository until the transaction ends: what it counts then cannot change before it saves. */
  lockTokens(tx: Transaction, repository: number): Promise<void>;
  /** Keeps that somebody beside the councils uses tokens of a story; the same id again is the same use, as it stands now. */
  saveUse(tx: Transaction, use: TokensUsed): Promise<void>;
  /** What was used of the budgets that were got, and what those at work hold. */
  budgetFigures(tx: Transaction, of: BudgetFiguresOf): Promise<BudgetFigures>;
  /** The sum of what was allowed above the limit of a task or a story, by its id. */
  allowed(tx: Transaction, about: string): Promise<Readonly<Record<BudgetUnit, number>>>;
  /** Keeps an allowance; false where there is one with that id. */
  allowMore(tx: Transaction, allowance: Allowance): Promise<boolean>;
  /** What the deliberations of a story used up, and what others used of it; running ones count as nothing yet, and those that wait not at all. */
  spent(tx: Transaction, story: string): Promise<Spent>;
  /** The latest councils of these kinds that are over, of one repository or of all (null), at most `most`, with candidates. */
  history(
    tx: Transaction,
    of: { readonly repository: number | null; readonly kinds: readonly DeliberationKind[] },
    most: number,
  ): Promise<{ readonly councils: readonly CouncilRecord[]; readonly proposals: readonly ProposalRecord[] }>;
}

/** What councils used and hold by unit; `ms` is the wall time of those over. */
export type BudgetFigures = Readonly<Record<BudgetUnit, { readonly used: number; readonly held: number }>> & {
  readonly ms: number;
};

/** Whose budgets are counted: a repository's since a time (ISO 8601), a story's with its tasks', or a task's. */
export type BudgetFiguresOf =
  | { readonly repository: number; readonly since: string }
  | { readonly story: string; readonly task?: string };

/** Tokens that no council uses, such as those of a summary. `tokens` null: it is at work and may use `held`. `at`: ISO 8601. */
export type TokensUsed = {
  readonly id: string;
  readonly repository: number;
  readonly story: string;
  readonly at: string;
  readonly held: number;
  readonly tokens: { readonly in: number; readonly out: number } | null;
  /** Wall time, in milliseconds. */
  readonly ms: number;
};

/** So much above fleet.yml's limits, for a task or a story (`about`, its id); `at` in ms. */
export type Allowance = Readonly<Record<BudgetUnit, number>> & {
  readonly id: string;
  readonly about: string;
  readonly by: string;
  readonly at: number;
};

export type Spent = {
  /** Those that began, over or not. */
  readonly councils: number;
  readonly tokens: { readonly in: number; readonly out: number };
  /** Wall time, in milliseconds. */
  readonly ms: number;
};

/** Planning's story as a council needs it. */
export type StoryFacts = {
  readonly id: StoryId;
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: StoryState;
  readonly criteria: readonly { readonly number: number; readonly text: string }[];
  readonly planFeedback: readonly string[];
};

/** Workflow's task as a council needs it. */
export type TaskFacts = {
  readonly id: TaskId;
  readonly storyId: StoryId;
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly type: TaskType;
  readonly role: Role;
  readonly covers: readonly number[];
  /** The other tasks of the same plan that were not discarded. */
  readonly others: readonly { readonly type: TaskType; readonly covers: readonly number[]; readonly merged: boolean }[];
  readonly branch: string;
  /** The branches of tests that were written first and wait for this task's code. */
  readonly testBranches?: readonly string[];
  readonly state: TaskState;
  /** 0 before anybody held it. */
  readonly round: number;
  /** The branch's head and its tree; null while there is none. */
  readonly headSha: string | null;
  readonly headTree: string | null;
  /** `principalKey` of everybody who authored or committed to the change. */
  readonly authors: readonly string[];
  /** Whether a council holds it now. */
  readonly heldByCouncil: boolean;
  /** Texts of rejections, oldest first. */
  readonly feedback: readonly string[];
};

/** What fleet.yml says of councils and checks. */
export type CouncilConfiguration = {
  readonly council: CouncilSettings & {
    readonly start: "auto" | "command";
    readonly budget: { readonly tokens: number; readonly minutes: number };
  };
  readonly checks: CheckConfiguration;
  readonly paths: PolicyConfiguration;
  readonly limits: CouncilLimits;
};

/** The limits of fleet.yml on what councils use. */
export type CouncilLimits = Readonly<Record<BudgetUnit, ScopeLimits>>;

/**
 * What a council is given to know, and its roles where each has its own; null as source: there is no repository to read.
 * `models` are its members': none of them counts it above its budget, where their hosts tell.
 */
export type BuildContext = (asked: {
  readonly kind: DeliberationKind;
  readonly story: StoryFacts;
  readonly task: TaskFacts | null;
  readonly feedback: readonly string[];
  readonly source: { readonly mirror: string; readonly baseSha: string; readonly startSha: string } | null;
  readonly models: readonly string[];
}) => Promise<Pick<DeliberationJob, "context" | "contextByRole">>;

/**
 * Rehydrates the session of a story as it concerns who works on this (DOMAIN.md §5): what happened in it since a time (ISO 8601), as
 * lines for people, oldest first.
 */
export type HappenedSince = (asked: {
  readonly kind: DeliberationKind;
  readonly story: StoryFacts;
  readonly task: TaskFacts | null;
  readonly since: string;
}) => Promise<readonly string[]>;

/** What the use cases of the graph's side need. Other contexts answer through ports that main wires. */
export type DeliberationUseCaseDeps = {
  readonly graph: UnitOfWork;
  readonly deliberations: Deliberations;
  readonly events: (tx: Transaction, events: readonly FleetEvent[]) => Promise<void>;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Called after a transaction with events has committed: wakes the relay. */
  readonly committed?: () => void;
  readonly storyFacts: (id: StoryId) => Promise<StoryFacts | null>;
  readonly taskFacts: (id: TaskId) => Promise<TaskFacts | null>;
  /** Whether an open ceremony waits for the councils' word on a story. */
  readonly isReviewAwaited: (ceremony: CeremonyId, story: StoryId) => Promise<boolean>;
  readonly configurationOf: (repository: number) => Promise<CouncilConfiguration>;
  /** What healthy model hosts serve now. */
  readonly served: () => Promise<readonly { readonly host: string; readonly model: string }[]>;
  /** Brings the mirror up to date; `branch` null: no task branch is looked for. `tests`: the heads of the test branches. */
  readonly sourceOf: (
    story: StoryFacts,
    branch: string | null,
    testBranches?: readonly string[],
  ) => Promise<{
    readonly mirror: string;
    readonly baseSha: string;
    readonly startSha: string;
    readonly tests?: readonly string[];
  }>;
  readonly buildContext: BuildContext;
  readonly happenedSince: HappenedSince;
  /** Puts the job on the queue; the same deliberation twice is one job. */
  readonly enqueue: (job: DeliberationJob) => Promise<void>;
  /** Takes a job off the queue, or tells the worker that is at it to stop; a job that is over is left alone. */
  readonly cancel: (deliberationId: string) => Promise<void>;
  /** The project's own bundled code may run without a sandbox (the demo). */
  readonly trusted: boolean;
};
