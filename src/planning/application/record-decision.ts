import { toIso } from "../../kernel/clock.ts";
import { refuseShortFeedback } from "../../kernel/feedback.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { permit } from "../../kernel/permission.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { humanRoles, type RoleAnswer } from "../../kernel/roles.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import {
  type Affected,
  boundFiles,
  type Decision,
  decisionRationale,
  decisionTitle,
  verdictTitle,
} from "../domain/decision.ts";
import { type DecisionJudged, statusOfStated } from "../domain/judge-decision.ts";
import type { Story } from "../domain/story.ts";
import type { Cause } from "./commands.ts";
import type { PlanningDeps } from "./ports.ts";
import { envelopes, noSuchStory } from "./story-changes.ts";

/** What somebody says is decided (`/decide`). */
export type StateDecision = {
  readonly storyId: StoryId;
  readonly taskId: TaskId | null;
  readonly text: string;
  readonly affects: Affected;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  /** Names it for ever, over redeliveries. */
  readonly key: string;
  readonly deliveryId: string;
};

/** Why somebody may not record a decision; null where it may: everybody who holds a role may. */
export function refuseToState(principal: Principal, roles: RoleAnswer): Refusal | null {
  const permission = permit({ action: "decide", by: humanRoles, inPerson: false, personName: null }, principal, roles);
  return permission.allowed ? null : permission.refusal;
}

/** Records what somebody says is decided, with its event, in one transaction. */
export async function stateDecision(deps: PlanningDeps, command: StateDecision): Promise<DecisionJudged> {
  const { storyId, taskId, text, affects, principal, roles, key, deliveryId } = command;
  const refusal = refuseToState(principal, roles) ?? refuseShortFeedback("decide", text, humanRoles);
  if (refusal !== null) return { kind: "refused", refusal };
  const rationale = decisionRationale(text);
  const draft: DraftDecision = {
    id: `${storyId}-d-${key}`,
    storyId,
    taskId,
    title: decisionTitle(rationale),
    rationale,
    category: "stated",
    status: statusOfStated(roles),
    author: principal,
    at: toIso(deps.clock()),
    affects: { ...affects, files: boundFiles(affects.files) },
    judgement: null,
  };
  const cause = { correlationId: deliveryId, causationId: null };
  const outcome = await deps.graph.write(async (tx): Promise<DecisionJudged> => {
    const story = await deps.stories.loadForChange(tx, storyId);
    if (story === null) return { kind: "refused", refusal: noSuchStory };
    const { decision, created } = await record(deps, tx, story, draft, cause);
    return { kind: created ? "moved" : "unchanged", decision };
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
  /** The pull request, the reviewed tree, and the files with remarks. */
  readonly affects: Affected;
  /** The event's id and time. */
  readonly key: string;
  readonly at: string;
};

/** Records a gate's verdict as a decision; the same event again, and a transition that is no verdict, change nothing. */
export async function recordVerdict(deps: PlanningDeps, verdict: Verdict, cause: Cause): Promise<void> {
  const title = verdictTitle(verdict.action);
  if (title === null) return;
  const { storyId, taskId, principal, reason, affects, key, at } = verdict;
  const draft: DraftDecision = {
    id: `${storyId}-d-${key}`,
    storyId,
    taskId,
    title: reason === null ? title : `${title}: ${decisionTitle(reason)}`.slice(0, 160),
    rationale: reason === null ? title : decisionRationale(reason),
    category: "review",
    status: "approved",
    author: principal,
    at,
    affects: { ...affects, files: boundFiles(affects.files) },
    judgement: null,
  };
  await deps.graph.write(async (tx) => {
    const story = await deps.stories.loadForChange(tx, storyId);
    if (story !== null) await record(deps, tx, story, draft, cause);
  });
  deps.committed?.();
}

/** The decisions that affect a story or its tasks, oldest first: the latest `mostDecisionsRead`. */
export function findDecisions(
  deps: Pick<PlanningDeps, "graph" | "decisions">,
  storyId: StoryId,
): Promise<readonly Decision[]> {
  return deps.graph.read((tx) => deps.decisions.ofStory(tx, storyId));
}

/** A decision before it has its number. */
type DraftDecision = Omit<Decision, "number">;

/** Numbers it after the last of its story, which is locked; one that is recorded already stays as it is. */
async function record(
  deps: PlanningDeps,
  tx: Transaction,
  story: Story,
  draft: DraftDecision,
  cause: Cause,
): Promise<{ readonly decision: Decision; readonly created: boolean }> {
  const known = await deps.decisions.load(tx, draft.id);
  if (known !== null) return { decision: known, created: false };
  const decision = { ...draft, number: (await deps.decisions.lastNumber(tx, story.id)) + 1 };
  await deps.decisions.create(tx, decision);
  await announce(deps, tx, story, decision, cause);
  return { decision, created: true };
}

/** Says how a decision stands now. */
export async function announce(
  deps: PlanningDeps,
  tx: Transaction,
  story: Pick<Story, "installation" | "repository" | "id">,
  decision: Decision,
  cause: Cause | null,
): Promise<void> {
  const { id: decisionId, number, title, category, status, author: principal, taskId: task } = decision;
  const payload = { decisionId, number, title, category, status, principal };
  const events = envelopes(deps, story, [{ type: "planning.decision.recorded", payload }], cause);
  await deps.events(
    tx,
    events.map((event) => ({ ...event, subject: { ...event.subject, task } })),
  );
}
