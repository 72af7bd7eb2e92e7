import type { TaskId } from "../../kernel/ids.ts";
import type { AgentRun } from "./agent/agent-run.ts";
import type { BudgetGrant } from "./council-budget.ts";
import type { DeliberationStatus } from "./deliberation-status.ts";
import type { HostUse, Outcome } from "./outcome.ts";
import type { TokenCounter } from "./token-counter.ts";

/** What councils are asked for: a story's plan, a task's change, what the roles think of a story, or of people's change. */
export const deliberationKinds = ["plan", "implementation", "review", "advice"] as const;

export type DeliberationKind = (typeof deliberationKinds)[number];

/** What a deliberation used up; `ms` is wall time. `hosts` is absent in older records. */
export type TokenUse = {
  readonly tokens: { readonly in: number; readonly out: number };
  readonly hosts?: HostUse;
  readonly ms: number;
};

/** That workers took a deliberation up again which another one had begun (it was killed, or stopped). */
export type Restarts = {
  readonly times: number;
  /** When it was taken up last (ISO 8601). */
  readonly at: string;
  /** Lines of the story's timeline since the council began, for people, oldest first, as of then. */
  readonly happened: readonly string[];
  /** Whether the members that went on, after this restart or an earlier one, were given a context that was built anew. */
  readonly told: boolean;
};

/** A deliberation as the graph keeps it. */
export type Deliberation = {
  readonly id: string;
  readonly kind: DeliberationKind;
  readonly installation: number;
  readonly repository: number;
  readonly story: string;
  /** Null for a plan and for a review. */
  readonly task: string | null;
  /** 1 for the first. */
  readonly round: number;
  readonly status: DeliberationStatus;
  /** The last progress note, or why it ended; null when there is none. */
  readonly note: string | null;
  /** The commit on which candidates are made, or that advice is about; null for a plan without source. */
  readonly startSha: string | null;
  /** Of the context that its members were given, the last one where a restart brought another. */
  readonly contextHash: string;
  /** How long the context is, and who counted; null in older records. */
  readonly contextTokens: { readonly count: number; readonly by: TokenCounter } | null;
  readonly members: readonly { readonly number: number; readonly model: string; readonly temperature: number }[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Null while it waits for a budget, and for what began before there were grants. */
  readonly grant: BudgetGrant | null;
  /** Null until it is over, and where it left no account. */
  readonly used: TokenUse | null;
  /** The members' loops, turn by turn, once it is over; empty where all drafted by one answer, and in older records. */
  readonly agents: readonly AgentRun[];
  /** Null where one worker brought it to its end, and in older records. */
  readonly restarts: Restarts | null;
  /** The delivery by which somebody stopped it; null where nobody did. */
  readonly stoppedBy: string | null;
  /** The road that it belongs to, and the event that asked for it (DOMAIN.md §6). */
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Null until it is finished. */
  readonly outcome: Outcome | null;
};

/** The id of a council's work on one round of a task, so that the same assignment twice is one deliberation. */
export function implementationId(task: TaskId, round: number): string {
  return `${task}-r${round}`;
}

/** The id of the advice on a task's change, by its tree: the same change is never looked at twice. */
export function adviceId(task: TaskId, tree: string): string {
  return `${task}-a-${tree.slice(0, 16)}`;
}

/** The id of one candidate in the graph and in events. */
export function proposalId(deliberationId: string, candidateId: string): string {
  return `${deliberationId}-${candidateId}`;
}
