import type { Clock } from "../../kernel/clock.ts";
import type { AdviceSeat } from "../domain/advice.ts";
import type { AgentEnd, AgentRun } from "../domain/agent/agent-run.ts";
import type { Candidate } from "../domain/candidate.ts";
import type { Critique } from "../domain/critique/finding.ts";
import type { Deliberation, TokenUse } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import type { Vote } from "../domain/judge.ts";
import type { AcceptanceTest } from "../domain/outcome.ts";
import { getDeliberation } from "./find-deliberations.ts";
import type { DeliberationJob } from "./job.ts";
import { loopsIn, readSaved, type SavedState, usedIn } from "./saved-state.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/** What a council at work has brought so far: what its record will hold in the end, as far as it is. */
export type DeliberationProgress = {
  readonly used: TokenUse;
  /** The members' loops, turn by turn; `ended` null: it goes on. */
  readonly agents: readonly (Omit<AgentRun, "ended"> & { readonly ended: AgentEnd | null })[];
  /** Drafts and revisions that are in; `problem`: why one does not apply, `abstained`: why there is none. */
  readonly drafts: readonly {
    readonly id: string;
    readonly member: number;
    readonly revises: string | null;
    readonly problem: string | null;
    readonly abstained: string | null;
  }[];
  readonly acceptance: readonly AcceptanceTest[];
  /** Those that were checked, not ranked yet, without their files. */
  readonly candidates: readonly Omit<Candidate, "rank" | "lostAt" | "why" | "changes">[];
  readonly critiques: readonly Critique[];
  readonly votes: readonly Vote[];
  readonly plans: readonly SavedState["plans"][number]["attempt"][];
  readonly reviews: readonly SavedState["reviews"][number]["seat"][];
  readonly advice: readonly AdviceSeat[];
};

/** What workers keep of a deliberation at work, step by step; null where there is none. */
export type SavedOf = (id: string) => Promise<{ readonly job: DeliberationJob; readonly saved: unknown } | null>;

export type FollowDeps = Pick<DeliberationUseCaseDeps, "graph" | "deliberations"> & {
  readonly savedOf: SavedOf;
  readonly clock: Clock;
};

/**
 * One deliberation with every step, check and reason: of one that is over they are in its record, of one at work in
 * `progress`, as of its last finished step. Null where there is none with that id.
 */
export async function followDeliberation(
  deps: FollowDeps,
  id: string,
): Promise<{ readonly deliberation: Deliberation; readonly progress: DeliberationProgress | null } | null> {
  const deliberation = await getDeliberation(deps, id);
  if (deliberation === null) return null;
  const found = isFinalStatus(deliberation.status) ? null : await deps.savedOf(id);
  const state = found === null ? null : readSaved(found.saved);
  const progress = found === null || state === null ? null : progressIn(state, found.job, deps.clock());
  return { deliberation, progress };
}

function progressIn(state: SavedState, job: DeliberationJob, now: number): DeliberationProgress {
  const { acceptance, drafts, revisions, checked, critiques, votes, plans, reviews, advice } = state;
  return {
    used: usedIn(state, now),
    agents: loopsIn(state, job),
    drafts: [...drafts, ...revisions].map(({ id, member, revises, problem, abstained }) => ({
      ...{ id, member, revises, problem, abstained },
    })),
    acceptance: acceptance ?? [],
    candidates: checked.map(({ changes: _, acceptance: __, ...row }) => row),
    critiques,
    votes,
    plans: plans.map(({ attempt }) => attempt),
    reviews: reviews.map(({ seat }) => seat),
    advice,
  };
}
