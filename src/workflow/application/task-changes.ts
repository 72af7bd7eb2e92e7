import type { EventBody, EventSubject } from "../../kernel/event.ts";
import { createEvent } from "../../kernel/new-event.ts";
import type { Principal } from "../../kernel/principal.ts";
import { denialReasons } from "../../kernel/reasons.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { isComplete, latestPlan } from "../domain/plan-progress.ts";
import type { Task } from "../domain/task.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { Cause } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";

/** The refusal for an id that names no task. */
export const unknownTask: TaskDecision = {
  kind: "refused",
  refusal: {
    reason: "unknown-task",
    rule: "There is no task of this number here.",
    who: [],
    next: "Look at the story's plan for its tasks.",
  },
};

/** Saves what a decision changed, with its events, in the caller's transaction; a denial leaves its event. */
export async function saveDecision(
  deps: WorkflowDeps,
  tx: Transaction,
  before: Task,
  decision: TaskDecision,
  asked: { readonly action: string; readonly principal: Principal; readonly deliveryId?: string | null },
  cause: Cause | null,
): Promise<void> {
  if (decision.kind === "moved") {
    await deps.tasks.save(tx, before, decision.task, decision.records);
    await announce(deps, tx, before, decision.events, cause);
    await announceCompletion(deps, tx, decision.task, cause);
  } else if (decision.kind === "refused" && denialReasons.includes(decision.refusal.reason)) {
    const { action, principal, deliveryId = null } = asked;
    const { reason, rule: text } = decision.refusal;
    const payload = { principal, action, state: before.state, reason, text, deliveryId };
    await announce(deps, tx, before, [{ type: "access.denied", payload }], cause);
  }
}

/** Appends events about a task to the outbox. */
export async function announce(
  deps: WorkflowDeps,
  tx: Transaction,
  task: Task,
  bodies: readonly EventBody[],
  cause: Cause | null,
): Promise<void> {
  const { installation, repository, storyId: story, id } = task;
  await announceAbout(deps, tx, { installation, repository, story, task: id }, bodies, cause);
}

/** The same about anything. */
export async function announceAbout(
  deps: WorkflowDeps,
  tx: Transaction,
  subject: EventSubject,
  bodies: readonly EventBody[],
  cause: Cause | null,
): Promise<void> {
  await deps.events(
    tx,
    bodies.map((body) => {
      const id = deps.newId();
      const correlationId = cause?.correlationId ?? id;
      const causationId = cause?.causationId ?? null;
      return createEvent(body, { id, now: deps.clock(), producer: "workflow", subject, correlationId, causationId });
    }),
  );
}

/**
 * Announces that the story's tasks are all done and merged, if this task was the last. Its siblings are locked first:
 * else two that end at the same moment would each see the other one open, and nobody would say it.
 */
export async function announceCompletion(
  deps: WorkflowDeps,
  tx: Transaction,
  task: Task,
  cause: Cause | null,
): Promise<void> {
  const ends = task.state === "cancelled" || (task.state === "done" && task.merged);
  if (!ends) {
    return;
  }
  const tasks = latestPlan(await deps.tasks.findForChange(tx, task.storyId));
  if (tasks.some((other) => other.id === task.id) && isComplete(tasks)) {
    const merged = tasks.filter((other) => other.merged).length;
    await announce(deps, tx, task, [{ type: "workflow.story.tasks-completed", payload: { merged } }], cause);
  }
}

/** The cause of events that a delivery led to by itself. */
export function causeOf(deliveryId: string | null | undefined): Cause | null {
  return deliveryId == null ? null : { correlationId: deliveryId, causationId: null };
}
