import type { EventBody } from "../../kernel/event.ts";
import type { TaskState } from "../../kernel/states.ts";
import { decideTask, isHandled } from "./decide-task.ts";
import type { Task, TransitionRecord } from "./task.ts";
import { sameTree } from "./task-guards.ts";
import type { RequestedTaskAction } from "./task-machine.ts";
import type { TaskDecision, TaskRequest } from "./task-request.ts";

export type Verdict = "approve" | "reject";

type Gate = {
  readonly states: readonly TaskState[];
  /** The step that a review takes by itself, where nobody took it (DOMAIN.md §3). */
  readonly claim: { readonly from: TaskState; readonly action: RequestedTaskAction } | null;
  readonly approve: RequestedTaskAction;
  readonly reject: RequestedTaskAction;
};

const gates: readonly Gate[] = [
  {
    states: ["pending-arch-review", "arch-reviewing"],
    claim: { from: "pending-arch-review", action: "claim-review" },
    approve: "approve-design",
    reject: "reject-design",
  },
  {
    states: ["pending-qa", "qa-testing"],
    claim: { from: "pending-qa", action: "claim-testing" },
    approve: "approve-tests",
    reject: "reject-tests",
  },
  { states: ["pending-po-approval"], claim: null, approve: "approve-story", reject: "reject-story" },
];

/** The action that a verdict means in a state, with the claim before it; empty where no gate is open. */
export function reviewActions(state: TaskState, verdict: Verdict): readonly RequestedTaskAction[] {
  const gate = gates.find((candidate) => candidate.states.includes(state));
  if (gate === undefined) {
    return [];
  }
  return [...(gate.claim?.from === state ? [gate.claim.action] : []), gate[verdict]];
}

/**
 * Decides a review: claims and decides in one step at the gate that is open. Where none is, the refusal is the one of
 * the first gate. The same delivery again changes nothing, even if the reviewer could decide at the next gate, too.
 */
export function decideReview(
  task: Task,
  verdict: Verdict,
  request: Omit<TaskRequest, "action">,
): { readonly action: RequestedTaskAction; readonly decision: TaskDecision } {
  const actions = reviewActions(task.state, verdict);
  const action = actions.at(-1) ?? (verdict === "approve" ? "approve-design" : "reject-design");
  if (gates.some((gate) => isHandled(task, gate[verdict], request.deliveryId))) {
    return { action, decision: { kind: "unchanged" } };
  }
  const decision = decideInTurn(task, actions.length === 0 ? [action] : actions, request);
  // A rejection of an older tree is about another change, like an approval of it.
  const stale = decision.kind === "moved" && request.reviewId !== undefined ? sameTree(task, request) : null;
  return { action, decision: stale === null ? decision : { kind: "refused", refusal: { ...stale, who: [] } } };
}

/** Several actions as one: all of them, or the first refusal. */
export function decideInTurn(
  task: Task,
  actions: readonly RequestedTaskAction[],
  request: Omit<TaskRequest, "action">,
): TaskDecision {
  const records: TransitionRecord[] = [];
  const events: EventBody[] = [];
  let current = task;
  for (const action of actions) {
    const decision = decideTask(current, { ...request, action });
    if (decision.kind === "refused") {
      return decision;
    }
    if (decision.kind === "moved") {
      records.push(...decision.records);
      events.push(...decision.events);
      current = decision.task;
    }
  }
  return records.length === 0 ? { kind: "unchanged" } : { kind: "moved", task: current, records, events };
}
