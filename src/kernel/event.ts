import { z } from "zod";
import { failingChecksSchema } from "./failing-check.ts";
import { planTaskSchema } from "./plan.ts";
import { isRefusalReason, type RefusalReason } from "./reasons.ts";
import { roleReviewSchema } from "./review.ts";
import { roles } from "./roles.ts";
import { ceremonyStates, decisionCategories, decisionStatuses, storyStates, taskStates } from "./states.ts";

const principal = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("human"), id: z.int(), login: z.string() }),
  z.object({ kind: z.literal("agent"), role: z.enum(roles), number: z.int() }),
  z.object({ kind: z.literal("system") }),
]);

const assignee = z.discriminatedUnion("kind", [
  /** `members`: how many, where somebody said so; else what the repository's configuration says. */
  z.object({ kind: z.literal("council"), members: z.int().min(1).max(7).exactOptional() }),
  z.object({ kind: z.literal("person"), principal }),
]);

/** Who or what works on a task: the council, or one person. */
export type Assignee = z.infer<typeof assignee>;

/** What every transition records (DOMAIN.md §3): from, to, action, principal, role, reason, head tree, delivery id. */
const transition = {
  action: z.string(),
  principal,
  role: z.enum(roles).nullable(),
  /** The feedback or note given with the action. */
  reason: z.string().nullable(),
  deliveryId: z.string().nullable(),
};

const deliberationKind = z.enum(["plan", "implementation", "review", "advice"]);

const plan = { planVersion: z.int(), planHash: z.string(), tasks: z.array(planTaskSchema) };

/** One Zod schema per event type: the published language between the contexts (DOMAIN.md §6). */
export const eventPayloads = {
  "planning.story.created": z.object({ title: z.string(), bodyHash: z.string() }),
  "planning.story.transitioned": z.object({ ...transition, from: z.enum(storyStates), to: z.enum(storyStates) }),
  "planning.plan.derived": z.object({ ...plan, source: z.enum(["council", "typed"]) }),
  "planning.plan.approved": z.object({ ...plan, principal }),
  "planning.plan.rejected": z.object({ planVersion: z.int(), planHash: z.string(), principal, feedback: z.string() }),
  /** The product owner's time to decide on a story is over; said once for each time that it waits. */
  "planning.story.overdue": z.object({
    state: z.enum(storyStates),
    role: z.enum(roles),
    since: z.string(),
    dueAt: z.string(),
    owner: z.string(),
    repo: z.string(),
    number: z.int(),
  }),
  /** A decision was made, or a proposed one was approved or rejected. `principal`: who made it. */
  "planning.decision.recorded": z.object({
    decisionId: z.string(),
    number: z.int(),
    title: z.string(),
    category: z.enum(decisionCategories),
    status: z.enum(decisionStatuses),
    principal,
  }),
  /** To whom a milestone or a parent issue of stories is assigned now. */
  "planning.epic.assigned": z.object({
    epic: z.string(),
    people: z.array(z.object({ id: z.int(), login: z.string() })),
  }),
  "planning.ceremony.transitioned": z.object({
    ...transition,
    ceremonyId: z.string(),
    from: z.enum(ceremonyStates),
    to: z.enum(ceremonyStates),
    /** The ids of all its stories. */
    stories: z.array(z.string()),
  }),
  "workflow.task.created": z.object({ number: z.int(), title: z.string() }),
  "workflow.task.assigned": z.object({ assignee, round: z.int(), feedback: z.array(z.string()) }),
  "workflow.task.transitioned": z.object({
    ...transition,
    from: z.enum(taskStates),
    to: z.enum(taskStates),
    headTree: z.string().nullable(),
    headSha: z.string().nullable(),
    /** Of a step at a gate: the pull request that is judged, and the files that a verdict remarks on. */
    judged: z.object({ pullRequest: z.int().nullable(), files: z.array(z.string()).readonly() }).exactOptional(),
  }),
  /** A deadline is over; said once for each. `number` is where on GitHub it is said: a pull request or an issue. */
  "workflow.task.overdue": z.object({
    deadline: z.enum(["review", "qa", "product-owner", "task"]),
    role: z.enum(roles).nullable(),
    since: z.string(),
    dueAt: z.string(),
    owner: z.string(),
    repo: z.string(),
    number: z.int(),
    task: z.int(),
  }),
  /** A lease ended that nothing was heard of; said once for each. `number` as above, `endedAt` is ISO 8601, UTC. */
  "workflow.task.lease-ended": z.object({
    assignee,
    endedAt: z.string(),
    round: z.int(),
    owner: z.string(),
    repo: z.string(),
    number: z.int(),
    task: z.int(),
    branch: z.string(),
  }),
  "workflow.validation.required": z.object({ role: z.enum(roles), headSha: z.string(), headTree: z.string() }),
  "workflow.story.tasks-completed": z.object({ merged: z.int() }),
  /** What a story that has not begun waits for may be another now. `limit` null: for nothing; `inProgress`: issue numbers. */
  "workflow.story.room-changed": z.object({ limit: z.int().nullable(), inProgress: z.array(z.int()) }),
  "deliberation.started": z.object({ deliberationId: z.string(), kind: deliberationKind, round: z.int() }),
  /** A council that would begin waits: the tokens of its task, its story or the day are used up (fleet.yml's `limits`). */
  "deliberation.postponed": z.object({
    deliberationId: z.string(),
    kind: deliberationKind,
    round: z.int(),
    reason: z.string(),
  }),
  /** The product owner lets councils use more on the subject's task, or on the story where there is no task. */
  "deliberation.tokens-allowed": z.object({ tokens: z.int(), minutes: z.int().default(0), by: z.string() }),
  "deliberation.completed": z.object({
    deliberationId: z.string(),
    kind: deliberationKind,
    /** The winning proposal's id, or null when nobody passed. */
    winner: z.string().nullable(),
    reason: z.string(),
    /** The derived plan of a planning council; null for every other kind and when no plan was valid. */
    plan: z.array(planTaskSchema).nullable(),
    /** What each role said, of a council that reviewed a story; absent for every other kind. */
    reviews: z.array(roleReviewSchema).exactOptional(),
  }),
  "deliberation.failed": z.object({ deliberationId: z.string(), kind: deliberationKind, reason: z.string() }),
  "agent.work.completed": z.object({ deliberationId: z.string(), round: z.int(), proposalId: z.string() }),
  /** `failing`: on the best candidate; absent where there was none. */
  "agent.work.failed": z.object({
    deliberationId: z.string(),
    round: z.int(),
    reason: z.string(),
    failing: failingChecksSchema.exactOptional(),
  }),
  "context.updated": z.object({
    nodes: z.array(z.string()),
    /** The story as a model summed it up, up to the event `upTo` of the time `at`; absent where something else changed. */
    summary: z.object({ text: z.string(), model: z.string(), upTo: z.string(), at: z.string() }).exactOptional(),
  }),
  "access.denied": z.object({
    principal,
    action: z.string(),
    state: z.string(),
    reason: z.custom<RefusalReason>(isRefusalReason),
    text: z.string(),
    deliveryId: z.string().nullable(),
  }),
} as const;

export type EventType = keyof typeof eventPayloads;

/** What an event is about. `story` and `task` are null where the event concerns the level above. */
const subject = z.object({
  installation: z.int(),
  repository: z.int(),
  story: z.string().nullable(),
  task: z.string().nullable(),
});

export type EventSubject = z.infer<typeof subject>;

type EventOf<T extends EventType> = {
  readonly id: string;
  readonly type: T;
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  readonly producer: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly subject: EventSubject;
  readonly payload: z.infer<(typeof eventPayloads)[T]>;
};

/** An event in its envelope; narrows by `type`. */
export type FleetEvent<T extends EventType = EventType> = { [K in T]: EventOf<K> }[T];

/** What a decider returns: an event without the envelope fields that only the use case knows. */
export type EventBody<T extends EventType = EventType> = {
  [K in T]: { readonly type: K; readonly payload: z.infer<(typeof eventPayloads)[K]> };
}[T];
