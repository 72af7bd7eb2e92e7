import { toIso } from "../../kernel/clock.ts";
import { refuseShortFeedback } from "../../kernel/feedback.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { permit } from "../../kernel/permission.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { humanRoles, type RoleAnswer } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { type Decision, decisionRationale, decisionTitle, statusOfStated, verdictTitle } from "../domain/decision.ts";
import type { Story } from "../domain/story.ts";
import type { Cause } from "./commands.ts";
import type { PlanningDeps } from "./ports.ts";
import { envelopes, noSuchStory } from "./story-changes.ts";

/** What somebody says is decided (`/decide`). */
export type StateDecision = {
  readonly storyId: StoryId;
  readonly taskId: TaskId | null;
  readonly text: string;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  /** Names it for ever, over redeliveries. */
  readonly key: string;
  readonly deliveryId: string;
};

/** What became of it. `unchanged`: it is recorded already. */
export type DecisionOutcome =
  | { readonly kind: "moved" | "unchanged"; readonly decision: Decision }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Why somebody may not record a decision; null where it may: everybody who holds a role may. */
export function refuseToState(principal: Principal, roles: RoleAnswer): Refusal | null {
  const permission = permit({ action: "decide", by: humanRoles, inPerson: false, personName: null }, principal, roles);
  return permission.allowed ? null : permission.refusal;
}

/** Records what somebody says is decided, with its event, in one transaction. */
export async function stateDecision(deps: PlanningDeps, command: StateDecision): Promise<DecisionOutcome> {
  const { storyId, taskId, text, principal, roles, key, deliveryId } = command;
  const refusal = refuseToState(principal, roles) ?? refuseShortFeedback("decide", text, humanRoles);
  if (refusal !== null) return { kind: "refused", refusal };
  const rationale = decisionRationale(text);
  const decision: Decision = {
    id: `${storyId}-d-${key}`,
    storyId,
    taskId,
    title: decisionTitle(rationale),
    rationale,
    category: "stated",
    status: statusOfStated(roles),
    author: principal,
    at: toIso(deps.clock()),
  };
  const cause = { correlationId: deliveryId, causationId: null };
  const outcome = await deps.graph.write(async (tx): Promise<DecisionOutcome> => {
    const story = await deps.stories.load(tx, storyId);
    if (story === null) return { kind: "refused", refusal: noSuchStory };
    return { kind: (await record(deps, tx, story, decision, cause)) ? "moved" : "unchanged", decision };
  });
  deps.committed?.();
  return outcome;
}

/** A gate's verdict on a task, as its transition tells it. */
export type Verdict = {
  readonly storyId: StoryId;
  readonly taskId: TaskId;
  readonly action: string;
  readonly principal: Principal;
  readonly reason: string | null;
  /** The event's id and time. */
  readonly key: string;
  readonly at: string;
};

/** Records a gate's verdict as a decision; the same event again, and a transition that is no verdict, change nothing. */
export async function recordVerdict(deps: PlanningDeps, verdict: Verdict, cause: Cause): Promise<void> {
  const title = verdictTitle(verdict.action);
  if (title === null) return;
  const { storyId, taskId, principal, reason, key, at } = verdict;
  const decision: Decision = {
    id: `${storyId}-d-${key}`,
    storyId,
    taskId,
    title: reason === null ? title : `${title}: ${decisionTitle(reason)}`.slice(0, 160),
    rationale: reason === null ? title : decisionRationale(reason),
    category: "review",
    status: "approved",
    author: principal,
    at,
  };
  await deps.graph.write(async (tx) => {
    const story = await deps.stories.load(tx, storyId);
    if (story !== null) await record(deps, tx, story, decision, cause);
  });
  deps.committed?.();
}

/** The decisions that affect a story or its tasks, oldest first. */
export function findDecisions(
  deps: Pick<PlanningDeps, "graph" | "decisions">,
  storyId: StoryId,
): Promise<readonly Decision[]> {
  return deps.graph.read((tx) => deps.decisions.ofStory(tx, storyId));
}

async function record(
  deps: PlanningDeps,
  tx: Transaction,
  story: Story,
  decision: Decision,
  cause: Cause,
): Promise<boolean> {
  if (!(await deps.decisions.create(tx, decision))) return false;
  const { id: decisionId, title, author: principal } = decision;
  const body = { type: "planning.decision.recorded", payload: { decisionId, title, principal } } as const;
  const events = envelopes(deps, story, [body], cause);
  await deps.events(
    tx,
    events.map((event) => ({ ...event, subject: { ...event.subject, task: decision.taskId } })),
  );
  return true;
}
