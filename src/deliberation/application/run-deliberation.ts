import type { DeliberationKind } from "../domain/deliberation.ts";
import type { DeliberationStatus } from "../domain/deliberation-status.ts";
import type { Outcome } from "../domain/outcome.ts";
import { runAdvice } from "./advice/run-advice.ts";
import { runImplementation } from "./implementation/run-implementation.ts";
import type { DeliberationJob, DeliberationReport } from "./job.ts";
import { runPlan } from "./plan/run-plan.ts";
import { runReview } from "./review/run-review.ts";
import { agentsIn, openNotebook, type SavedState, usedIn } from "./saved-state.ts";
import type { DeliberationDeps, Session } from "./session.ts";

/** The reason of an abort that ends a deliberation for good; any other abort (a worker that stops) leaves it to a rerun. */
export class DeliberationCancelled extends Error {
  override readonly name = "DeliberationCancelled";
}

/** How each kind of deliberation is run. */
const runs = {
  plan: runPlan,
  implementation: runImplementation,
  review: runReview,
  advice: runAdvice,
} as const satisfies Record<DeliberationKind, (session: Session) => Promise<Outcome | { readonly nobody: string }>>;

export type RunOptions = {
  /** Aborts a running deliberation within seconds; with `DeliberationCancelled` as reason it ends as cancelled. */
  readonly signal: AbortSignal;
  /** What `save` was given last in an earlier run of the same job; anything else starts afresh. */
  readonly saved: unknown;
  /** Keeps the finished steps: answers and check results, so that a killed worker does not pay for them again. */
  readonly save: (state: SavedState) => Promise<void>;
  /** Sends a report. Called in the order of the statuses; the last call carries the end. */
  readonly report: (report: DeliberationReport) => Promise<void>;
};

/**
 * Runs one deliberation to its end: a plan, an implementation, a review or advice (COUNCIL.md). It touches no graph; everything that it
 * needs is in the job and in `deps`. Members that fail are left out, so it ends with a report unless an engine breaks;
 * then it throws, and a rerun goes on from the saved steps.
 */
export async function runDeliberation(
  deps: DeliberationDeps,
  job: DeliberationJob,
  options: RunOptions,
): Promise<void> {
  const { signal, report } = options;
  const { deliberationId } = job;
  // Whatever ends the run ends everything that it started.
  const stop = new AbortController();
  const notebook = openNotebook(options.saved, options.save, deps.clock());
  const session: Session = {
    deps,
    job,
    notebook,
    signal: AbortSignal.any([signal, stop.signal]),
    deadlineAt: notebook.state.startedAt + job.budget.minutes * 60_000,
    announce: (status: DeliberationStatus, note: string) => report({ kind: "progress", deliberationId, status, note }),
  };
  try {
    const outcome = await runs[job.kind](session);
    if ("nobody" in outcome) {
      const status = deps.clock() >= session.deadlineAt ? "timed-out" : "failed";
      await report({
        kind: "failed",
        deliberationId,
        status,
        reason: outcome.nobody,
        used: usedIn(notebook.state, deps.clock()),
        ...agentsIn(notebook.state, job),
      });
      return;
    }
    await report({ kind: "finished", deliberationId, outcome, ...agentsIn(notebook.state, job) });
  } catch (error) {
    if (!(signal.reason instanceof DeliberationCancelled)) throw error;
    const used = usedIn(notebook.state, deps.clock());
    const reason = "The deliberation was cancelled.";
    const agents = agentsIn(notebook.state, job);
    await report({ kind: "failed", deliberationId, status: "cancelled", reason, used, ...agents });
  } finally {
    stop.abort(new Error("The deliberation is over."));
  }
}
