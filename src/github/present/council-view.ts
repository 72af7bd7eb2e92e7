import type { DeliberationStatus } from "../../deliberation/domain/deliberation-status.ts";
import type { Outcome } from "../../deliberation/domain/outcome.ts";

/** A deliberation as GitHub shows it: what the graph knows of it, read by `main.ts`'s wiring. */
export type CouncilView = {
  readonly id: string;
  /** 1 for the first. */
  readonly round: number;
  readonly status: DeliberationStatus;
  /** The last progress note, or why it ended; null when there is none. */
  readonly note: string | null;
  /** The commit on which candidates were made; null for a plan. */
  readonly startSha: string | null;
  /** Hash of the context that the members were given. */
  readonly contextHash: string;
  /** Null until it is finished. */
  readonly outcome: Outcome | null;
};
