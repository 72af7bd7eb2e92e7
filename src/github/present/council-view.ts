import type { AgentRun } from "../../deliberation/domain/agent/agent-run.ts";
import type { DeliberationStatus } from "../../deliberation/domain/deliberation-status.ts";
import { isFinalStatus } from "../../deliberation/domain/deliberation-status.ts";
import type { Outcome } from "../../deliberation/domain/outcome.ts";
import { inlineText } from "./safe-text.ts";

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
  /** The members' loops; absent or empty where all drafted by one answer. */
  readonly agents?: readonly AgentRun[];
  /** How many deliberations run before this one, while it is queued; absent or null where that is not known. */
  readonly ahead?: number | null;
};

/**
 * What a council does now, in words. The steps between its start and its end are one: a comment that is edited at each
 * would be older than what it says.
 */
export function councilStanding(view: CouncilView): string {
  if (view.status === "waiting") return "waits for a budget";
  if (view.status === "queued") {
    const { ahead = null } = view;
    if (ahead === null) return "queued";
    return ahead === 0 ? "queued, next in line" : `queued behind ${ahead} ${ahead === 1 ? "other" : "others"}`;
  }
  if (!isFinalStatus(view.status)) return "at work";
  if (view.status === "completed") return "finished";
  return `${view.status.replace("-", " ")}${view.note === null ? "" : `: ${inlineText(view.note, 200)}`}`;
}
