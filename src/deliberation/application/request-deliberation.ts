import { toIso } from "../../kernel/clock.ts";
import type { EventBody } from "../../kernel/event.ts";
import { createEvent } from "../../kernel/new-event.ts";
import { composeCouncil } from "../domain/council.ts";
import type { Deliberation, DeliberationKind } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import { type DeliberationJob, deliberationJobSchema } from "./job.ts";
import type { DeliberationUseCaseDeps, StoryFacts, TaskFacts } from "./use-case-ports.ts";

/** Why a deliberation was asked for: the road and the event; an id of its own when a person asked by a command. */
export type Cause = { readonly correlationId: string; readonly causationId: string | null };

export type Requested =
  | { readonly kind: "requested" | "already-running" | "already-done"; readonly deliberationId: string }
  | { readonly kind: "no-model" };

/** Tokens of the written context (DOMAIN.md §5); code is added by the worker, which has the repository. */
export const contextTokens = 2_000;

export const noModelReason = "No model host is configured or healthy, so no council can work.";

export type Wanted = {
  readonly id: string;
  readonly kind: DeliberationKind;
  readonly round: number;
  readonly story: StoryFacts;
  readonly task: TaskFacts | null;
  readonly feedback: readonly string[];
  /** How many members, 1–7, where somebody said so. */
  readonly members?: number | undefined;
  readonly cause: Cause;
};

/**
 * Records a deliberation with its event and puts its job on the queue. Repeating it is harmless: the node, the event and
 * the job exist once; after a crash between commit and queue the repeat enqueues. Without a model nothing is recorded.
 */
export async function requestDeliberation(deps: DeliberationUseCaseDeps, wanted: Wanted): Promise<Requested> {
  const { id, story, task, kind, round, feedback, cause } = wanted;
  const existing = await deps.graph.read((tx) => deps.deliberations.load(tx, id));
  if (existing !== null && isFinalStatus(existing.status)) return { kind: "already-done", deliberationId: id };

  const { council, checks, paths } = await deps.configurationOf(story.repository);
  const members = composeCouncil(await deps.served(), { ...council, members: wanted.members ?? council.members });
  if (members.length === 0) return { kind: "no-model" };
  const source = await deps.sourceOf(story, task?.branch ?? null);
  const phase = kind === "implementation" ? "build" : "design";
  const context = await deps.buildContext({ story, task, phase, feedback }, contextTokens);
  const job = deliberationJobSchema.parse({
    deliberationId: id,
    kind,
    subject: subjectOf(story, task),
    round,
    story: { number: story.number, title: story.title, body: story.body, criteria: story.criteria },
    task: task === null ? null : { ...task, role: task.role === "system" ? "developer" : task.role, feedback },
    context: { text: context.text, hash: context.hash, tokens: context.tokens },
    source,
    checks,
    policy: paths,
    members,
    budget: council.budget,
    trusted: deps.trusted,
    planFeedback: kind === "plan" ? feedback : [],
  } satisfies { [name in keyof DeliberationJob]: unknown });

  const created = await deps.graph.write(async (tx) => {
    const fresh = await deps.deliberations.create(tx, recordOf(wanted, job, toIso(deps.clock())));
    if (!fresh) return false;
    const body: EventBody = { type: "deliberation.started", payload: { deliberationId: id, kind, round } };
    const envelope = { id: deps.newId(), now: deps.clock(), producer: "deliberation", subject: job.subject, ...cause };
    await deps.events(tx, [createEvent(body, envelope)]);
    return true;
  });
  if (created) deps.committed?.();
  await deps.enqueue(job);
  return { kind: created ? "requested" : "already-running", deliberationId: id };
}

function subjectOf(story: StoryFacts, task: TaskFacts | null): DeliberationJob["subject"] {
  const { installation, repository } = story;
  return { installation, repository, story: story.id, task: task?.id ?? null };
}

function recordOf({ cause, story }: Wanted, job: DeliberationJob, now: string): Deliberation {
  return {
    id: job.deliberationId,
    kind: job.kind,
    installation: job.subject.installation,
    repository: job.subject.repository,
    story: story.id,
    task: job.subject.task,
    round: job.round,
    status: "queued",
    note: null,
    startSha: job.source?.startSha ?? null,
    contextHash: job.context.hash,
    members: job.members.map(({ number, model, temperature }) => ({ number, model, temperature })),
    startedAt: now,
    endedAt: null,
    stoppedBy: null,
    ...cause,
    outcome: null,
  };
}
