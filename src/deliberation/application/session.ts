import type { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { DeliberationStatus } from "../domain/deliberation-status.ts";
import type { DeliberationJob, Member } from "./job.ts";
import type { ChatMessage, Checks, ModelAnswer, Models, Prompting, ValidatePlan, Workspaces } from "./ports.ts";
import { type PromptName, promptVersion } from "./prompts/prompt-versions.ts";
import { type Notebook, usedIn } from "./saved-state.ts";

export type DeliberationDeps = {
  readonly models: Models;
  readonly workspaces: Workspaces;
  readonly checks: Checks;
  readonly prompting: Prompting;
  readonly validatePlan: ValidatePlan;
  readonly clock: Clock;
};

/** Everything that the steps of one running deliberation share. */
export type Session = {
  readonly deps: DeliberationDeps;
  readonly job: DeliberationJob;
  readonly notebook: Notebook;
  /** Aborted by a cancellation; a deadline is no abort. */
  readonly signal: AbortSignal;
  /** Epoch ms. */
  readonly deadlineAt: number;
  announce(status: DeliberationStatus, note: string): Promise<void>;
};

/** The share of the whole time at which a step ends, so that what it brought can still be checked and used. */
const shares = { drafting: 0.6, critiquing: 0.75, revising: 0.9 } as const;

/** When a step's time is over, in epoch ms; the same after a restart. */
export function stepEndsAt(session: Session, step: keyof typeof shares): number {
  const { startedAt } = session.notebook.state;
  return startedAt + (session.deadlineAt - startedAt) * shares[step];
}

/** Asks a member's model and keeps the account: calls, tokens, the council's budget of them, and what versions asked. */
export async function ask<T = never>(
  session: Session,
  member: Member,
  messages: readonly ChatMessage[],
  {
    prompt,
    ...options
  }: {
    /** What asks, by which its version is recorded. */
    readonly prompt: PromptName;
    readonly maxTokens: number;
    readonly signal: AbortSignal;
    readonly schema?: { readonly name: string; readonly schema: z.ZodType<T> };
  },
): Promise<ModelAnswer<T>> {
  const { state } = session.notebook;
  if (state.tokens.in + state.tokens.out >= session.job.budget.tokens) {
    const message = `The budget of ${session.job.budget.tokens} tokens is used up.`;
    return { kind: "failed", reason: "budget", message, tokensIn: 0, tokensOut: 0 };
  }
  // The example comes with a system message of its own.
  const used = prompt === "example" ? ([prompt] as const) : (["system", prompt] as const);
  for (const name of used) state.prompts[name] = promptVersion(name);
  const { subject } = session.job;
  const answer = await session.deps.models.complete<T>({
    host: member.host,
    prefix: subject.task ?? subject.story ?? session.job.deliberationId,
    installation: subject.installation,
    priority: isWaitedFor(session.job) ? "waited-for" : "normal",
    model: member.model,
    temperature: member.temperature,
    // The same job asks the same: a rerun after a crash differs only where the host does.
    seed: session.job.round * 100 + member.number,
    messages,
    ...options,
  });
  state.calls += 1;
  state.tokens.in += answer.tokensIn;
  state.tokens.out += answer.tokensOut;
  state.hosts.cached += answer.tokensCached ?? 0;
  state.hosts.ms += answer.hostMs ?? 0;
  return answer;
}

/** A product owner waits for a plan, a reviewer for advice; who rejected an earlier round waits to review the next one. */
function isWaitedFor({ kind, round }: DeliberationJob): boolean {
  return kind === "plan" || kind === "advice" || round > 1;
}

/** What a deliberation used, and how, for an outcome in which nothing was chosen. */
export function accountOf({ job, deps, notebook: { state } }: Session) {
  const { calls, msByStep, prompts } = state;
  return {
    ...usedIn(state, deps.clock()),
    statistics: { members: job.members.length, calls, msByStep: { ...msByStep }, prompts: { ...prompts } },
  };
}

export const late = Symbol("late");

/** Runs work until `endsAt` (epoch ms): `late` when the time is over, the abort's reason thrown when it was cancelled. */
export async function until<T>(
  session: Session,
  endsAt: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof late> {
  session.signal.throwIfAborted();
  const left = endsAt - session.deps.clock();
  if (left <= 0) return late;
  const timeout = AbortSignal.timeout(Math.ceil(left));
  try {
    return await work(AbortSignal.any([session.signal, timeout]));
  } catch (error) {
    session.signal.throwIfAborted();
    if (timeout.aborted) return late;
    throw error;
  }
}

/** Measures a step's wall time into the statistics; a resumed step adds to it. */
export async function timed<T>(session: Session, step: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    const { msByStep } = session.notebook.state;
    msByStep[step] = (msByStep[step] ?? 0) + Math.round(performance.now() - started);
  }
}
