import { toIso } from "../../kernel/clock.ts";
import type { EventBody } from "../../kernel/event.ts";
import { createEvent } from "../../kernel/new-event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { composeCouncil } from "../domain/council.ts";
import {
  type BudgetAccount,
  type BudgetGrant,
  goesOnText,
  grantBudget,
  usedUp,
  usedUpText,
} from "../domain/council-budget.ts";
import type { Deliberation, DeliberationKind } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import { codeOf } from "../domain/test-first.ts";
import { accountsOf, isLimited } from "./budget-accounts.ts";
import { type DeliberationJob, deliberationJobSchema } from "./job.ts";
import type { CouncilLimits, DeliberationUseCaseDeps, StoryFacts, TaskFacts } from "./use-case-ports.ts";

/** Why a deliberation was asked for: the road and the event; an id of its own when a person asked by a command. */
export type Cause = { readonly correlationId: string; readonly causationId: string | null };

export type Requested =
  | { readonly kind: "requested" | "already-running" | "already-done" | "waiting"; readonly deliberationId: string }
  | { readonly kind: "no-model" | "moved-on" };

export const noModelReason = "No model host is configured or healthy, so no council can work.";

export type Wanted = {
  readonly id: string;
  readonly kind: DeliberationKind;
  readonly round: number;
  readonly story: StoryFacts;
  readonly task: TaskFacts | null;
  readonly feedback: readonly string[];
  /** The commit that it is about, where that is a certain one; there is nothing to do once the branch has another head. */
  readonly headSha?: string;
  /** How many members, 1–7, where somebody said so. */
  readonly members?: number | undefined;
  readonly cause: Cause;
};

/**
 * Records a deliberation with its event and puts its job on the queue. Repeating it is harmless: the node, the event and
 * the job exist once; after a crash between commit and queue the repeat enqueues. Without a model nothing is recorded.
 * Where the budget of its task, its story or the day is used up it is recorded as waiting, and a repeat starts it once
 * there is some (`startWaiting`); it gets at most what is left of it.
 */
export async function requestDeliberation(deps: DeliberationUseCaseDeps, wanted: Wanted): Promise<Requested> {
  const { id, story, task, kind, round, feedback } = wanted;
  const existing = await deps.graph.read((tx) => deps.deliberations.load(tx, id));
  if (existing !== null && isFinalStatus(existing.status)) return { kind: "already-done", deliberationId: id };

  const { council, checks, paths, limits } = await deps.configurationOf(story.repository);
  const members = composeCouncil(await deps.served(), { ...council, members: wanted.members ?? council.members });
  if (members.length === 0) return { kind: "no-model" };
  const source = await deps.sourceOf(story, task?.branch ?? null, task?.testBranches);
  if (wanted.headSha !== undefined && wanted.headSha !== source.startSha) return { kind: "moved-on" };
  const models = [...new Set(members.map(({ model }) => model))];
  const contexts = await deps.buildContext({ kind, story, task, feedback, source, models });
  const job = deliberationJobSchema.parse({
    deliberationId: id,
    kind,
    subject: subjectOf(story, task),
    round,
    story: { number: story.number, title: story.title, body: story.body, criteria: story.criteria },
    task: task === null ? null : taskOf(task, source, feedback),
    ...contexts,
    source,
    checks,
    policy: paths,
    members,
    budget: council.budget,
    trusted: deps.trusted,
    planFeedback: kind === "plan" ? feedback : [],
  } satisfies { [name in keyof DeliberationJob]: unknown });

  const begun = await deps.graph.write((tx) => begin(deps, tx, wanted, job, limits));
  if (begun.isNew) deps.committed?.();
  if (begun.kind === "over") return { kind: "already-done", deliberationId: id };
  if (begun.grant === null) return { kind: "waiting", deliberationId: id };
  const { tokens, minutes } = begun.grant;
  await deps.enqueue({ ...job, budget: { tokens, minutes: minutes ?? job.budget.minutes } });
  if (begun.kind === "goes-on") await endWaiting(deps, wanted, job);
  return { kind: begun.isNew || begun.kind === "goes-on" ? "requested" : "already-running", deliberationId: id };
}

/**
 * What the transaction found or made. `isNew`: it was recorded by it, with its event. `grant` null: it waits for a budget.
 * `goes-on`: it has waited, and has its budget now.
 */
type Begun = {
  readonly kind: "here" | "goes-on" | "over";
  readonly isNew: boolean;
  readonly grant: BudgetGrant | null;
};

async function begin(
  deps: DeliberationUseCaseDeps,
  tx: Transaction,
  wanted: Wanted,
  job: DeliberationJob,
  limits: CouncilLimits,
): Promise<Begun> {
  const { repository, task } = job.subject;
  if (isLimited(limits)) await deps.deliberations.lockTokens(tx, repository);
  const accounts = await accountsOf(deps, tx, { repository, story: wanted.story.id, task }, limits);
  const grant = grantBudget(job.budget, accounts, deps.clock());
  const note = grant === null ? waitingNote(accounts) : null;
  const record = recordOf(wanted, job, { now: toIso(deps.clock()), grant, note });
  if (await deps.deliberations.create(tx, record)) {
    await announce(deps, tx, wanted, job, note);
    return { kind: "here", isNew: true, grant };
  }
  const present = await deps.deliberations.loadForChange(tx, job.deliberationId);
  // Stopped since it was looked at.
  if (present === null || isFinalStatus(present.status)) return { kind: "over", isNew: false, grant: null };
  // What it got, it keeps: also where it was killed before its job was on the queue.
  const { grant: got = null, status, startedAt } = present;
  if (status !== "waiting") return { kind: "here", isNew: false, grant: got ?? { ...job.budget, at: startedAt } };
  if (got !== null || grant === null) return { kind: "goes-on", isNew: false, grant: got };
  // When it was asked for, and by what, stays. It waits until its job is on the queue: a repeat goes on from there.
  const { correlationId, causationId } = present;
  await deps.deliberations.save(tx, { ...record, status, startedAt, correlationId, causationId });
  return { kind: "goes-on", isNew: false, grant };
}

/** Its job is on the queue: it does not wait for a budget any more. */
async function endWaiting(deps: DeliberationUseCaseDeps, wanted: Wanted, job: DeliberationJob): Promise<void> {
  await deps.graph.write(async (tx) => {
    const present = await deps.deliberations.loadForChange(tx, job.deliberationId);
    if (present === null || isFinalStatus(present.status)) return;
    // A worker may have reported its first step already.
    if (present.status === "waiting") await deps.deliberations.save(tx, { ...present, status: "queued" });
    await announce(deps, tx, wanted, job, null);
  });
  deps.committed?.();
}

/** `waits`: why it has not begun; null where it has. */
async function announce(
  deps: DeliberationUseCaseDeps,
  tx: Transaction,
  { cause }: Wanted,
  job: DeliberationJob,
  waits: string | null,
): Promise<void> {
  const { deliberationId, kind, round, subject } = job;
  const common = { deliberationId, kind, round };
  const body: EventBody =
    waits === null
      ? { type: "deliberation.started", payload: common }
      : { type: "deliberation.postponed", payload: { ...common, reason: waits } };
  const envelope = { id: deps.newId(), now: deps.clock(), producer: "deliberation", subject, ...cause };
  await deps.events(tx, [createEvent(body, envelope)]);
}

/** Why a council has not begun whose use counts in these accounts, and by what it begins. */
export function waitingNote(accounts: readonly BudgetAccount[]): string {
  const gone = usedUp(accounts);
  return `${usedUpText(gone)} It begins by itself when there are some again. ${goesOnText(gone)}`;
}

/** What is known of the code of the criteria counts as long as nothing but the base is under the candidates. */
function taskOf(
  { role, others, testBranches: _branches, ...task }: TaskFacts,
  { baseSha, startSha }: { readonly baseSha: string; readonly startSha: string },
  feedback: readonly string[],
): unknown {
  const known = { ...task, role: role === "system" ? "developer" : role, feedback };
  return task.type === "test" && baseSha === startSha ? { ...known, code: codeOf(task.covers, others) } : known;
}

function subjectOf(story: StoryFacts, task: TaskFacts | null): DeliberationJob["subject"] {
  const { installation, repository } = story;
  return { installation, repository, story: story.id, task: task?.id ?? null };
}

function recordOf(
  { cause, story }: Wanted,
  job: DeliberationJob,
  { now, grant, note }: { readonly now: string; readonly grant: BudgetGrant | null; readonly note: string | null },
): Deliberation {
  return {
    id: job.deliberationId,
    kind: job.kind,
    installation: job.subject.installation,
    repository: job.subject.repository,
    story: story.id,
    task: job.subject.task,
    round: job.round,
    status: grant === null ? "waiting" : "queued",
    note,
    startSha: job.source?.startSha ?? null,
    contextHash: job.context.hash,
    contextTokens: { count: job.context.tokens, by: job.context.countedBy },
    members: job.members.map(({ number, model, temperature }) => ({ number, model, temperature })),
    startedAt: now,
    endedAt: null,
    grant,
    used: null,
    restarts: null,
    stoppedBy: null,
    ...cause,
    outcome: null,
    agents: [],
  };
}
