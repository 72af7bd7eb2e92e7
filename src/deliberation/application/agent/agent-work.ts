import type { SavedStep } from "../../domain/agent/agent-run.ts";
import type { Member } from "../job.ts";
import type { Workspace } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";
import type { Session } from "../session.ts";

/** What a loop needs to run checks. */
export type CheckBench = {
  /** Runs checks, as many at once as this machine takes. */
  readonly slots: <T>(run: () => Promise<T>) => Promise<T>;
  /** What the repository's own tests say before any change. */
  readonly base: () => Promise<BaseRun>;
};

/** What the turns of one member's loop share. */
export type AgentWork = {
  readonly session: Session;
  readonly member: Member;
  /** The candidate's id. */
  readonly id: string;
  /** The member's own checkout. No code is run in it. */
  readonly workspace: Workspace;
  /** The finished turns; saved as they end. */
  readonly steps: readonly SavedStep[];
  /** Tokens of an answer with edits. */
  readonly codeTokens: number;
  readonly bench: CheckBench;
  /** The hash of the files as they are now. */
  tree: string;
  /** The answers that make up the candidate so far. */
  answers(): readonly string[];
};

/** The answers of those turns that changed files, in their order: applied to the start commit, they are the candidate. */
export function answersOf(steps: readonly SavedStep[]): readonly string[] {
  return steps.flatMap(({ changed, code }) => (changed && code !== null ? [code] : []));
}
