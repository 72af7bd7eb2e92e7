import type { DeliberationJob, RestartAnswer, RestartReport } from "./job.ts";
import { readSaved } from "./saved-state.ts";

/** Tells the graph's side that a worker goes on, and brings its answer; null also where nobody answers in time, or at an abort. */
export type TellRestart = (report: RestartReport, signal: AbortSignal) => Promise<RestartAnswer>;

/**
 * Takes up a job. Where an earlier worker saved steps of it, the graph's side is told, and what it answers replaces the context of
 * the job: the steps that are still to be made are asked with what is known now, those that were made stay as they are.
 */
export async function takeUp(
  tellRestart: TellRestart,
  job: DeliberationJob,
  saved: unknown,
  signal: AbortSignal,
): Promise<{ readonly job: DeliberationJob; readonly saved: unknown }> {
  const state = readSaved(saved);
  if (state === null) return { job, saved };
  const times = state.restarts + 1;
  const drafts = [...state.drafts, ...state.revisions].filter(({ abstained }) => abstained === null).length;
  const turns = state.agents.reduce((sum, { steps }) => sum + steps.length, 0);
  const { deliberationId, context } = job;
  const answer = await tellRestart(
    { kind: "restarted", deliberationId, times, contextHash: context.hash, saved: { drafts, turns } },
    signal,
  );
  return { job: answer === null ? job : { ...job, ...answer }, saved: { ...state, restarts: times } };
}
