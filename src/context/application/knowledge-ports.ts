import type { EventType, FleetEvent } from "../../kernel/event.ts";
import type { Transaction, UnitOfWork } from "../../kernel/transaction.ts";
import type { GraphLink, Known } from "../domain/projections.ts";
import type { Summary } from "../domain/summary.ts";

/** Which events of the log to read; every given field narrows. */
export type EventsAsked = {
  readonly types: readonly EventType[];
  readonly story?: string;
  /** Only events about one of these tasks, or about no task. */
  readonly tasks?: readonly string[];
  /** Only events after this id. */
  readonly after?: string;
  /** Only events up to this id. */
  readonly upTo?: string;
  readonly limit: number;
  /** The last ones instead of the first. */
  readonly last?: true;
};

/** The log of events, oldest first. */
export type ReadEvents = (tx: Transaction, asked: EventsAsked) => Promise<readonly FleetEvent[]>;

/** What the projections write in the graph, and what they ask of it. */
export interface Knowledge {
  /** Makes relationships that are not there yet, and those of their ends that a projection may make. */
  link(tx: Transaction, links: readonly GraphLink[]): Promise<void>;
  /** The proposals of a council that ended; null where it made none, or none is known. */
  proposalsOf(tx: Transaction, deliberation: string): Promise<NonNullable<Known["proposals"]> | null>;
  /** The ids of the decisions that a decision's text names. */
  decisionsNamedBy(tx: Transaction, decision: string): Promise<readonly string[]>;
  /** Takes the links to whom an epic is assigned away, and says who that is by now; nobody else does until the transaction ends. */
  unassignEpic(tx: Transaction, epic: string): Promise<NonNullable<Known["assigned"]>>;
  /** Keeps it unless one is kept that tells of more, or by a model of the same. */
  saveSummary(tx: Transaction, summary: Summary): Promise<void>;
  summaryOf(tx: Transaction, story: string): Promise<Summary | null>;
  /** The same, and nobody else changes it until the transaction ends. */
  summaryForChange(tx: Transaction, story: string): Promise<Summary | null>;
  /**
   * Removes some of what projections wrote and nothing else; answers how many nodes and relationships. 0: there is none left.
   */
  removeProjected(tx: Transaction): Promise<number>;
}

export type KnowledgeDeps = {
  readonly graph: UnitOfWork;
  readonly knowledge: Knowledge;
  readonly readEvents: ReadEvents;
};
