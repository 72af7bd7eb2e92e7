import { type Principal, principalName, system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import { decideTask } from "./decide-task.ts";
import type { Task } from "./task.ts";
import { taskTransition } from "./task-machine.ts";
import type { TaskDecision } from "./task-request.ts";

/** A review that somebody dismissed on GitHub. */
export type Dismissal = {
  readonly reviewId: number;
  readonly by: Principal;
  readonly deliveryId: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** What a dismissal means; `task` is to be saved where `changed`, whatever the decision is. */
export type DismissalOutcome = { readonly decision: TaskDecision; readonly task: Task; readonly changed: boolean };

/**
 * An approval that was dismissed no longer counts: after the first gate that is `invalidate`, as when the tree changes,
 * and every gate decides again (the table has no other way back); before it, the approval is only forgotten. Anybody whom
 * GitHub lets dismiss may do so, since it leads away from the merge. A rejection stays a rejection: what it asked for is
 * answered by a revision.
 */
export function decideDismissal(task: Task, { reviewId, by, deliveryId, now }: Dismissal): DismissalOutcome {
  const approval = task.approvals.find((each) => each.reviewId === reviewId);
  if (approval === undefined || task.merged) return unmoved(task, refusalOf(task, reviewId));
  if (!taskTransition("invalidate").from.includes(task.state)) {
    const approvals = task.approvals.filter((each) => each !== approval);
    return { decision: { kind: "unchanged" }, task: { ...task, approvals }, changed: true };
  }
  const decision = decideTask(task, {
    action: "invalidate",
    principal: system,
    roles: systemRoles,
    feedback: `${principalName(by)} dismissed the approval by ${principalName(approval.principal)}: every gate decides again.`,
    dismissedReview: reviewId,
    deliveryId,
    now,
  });
  return decision.kind === "moved" ? { decision, task: decision.task, changed: true } : unmoved(task, decision);
}

function unmoved(task: Task, decision: TaskDecision): DismissalOutcome {
  return { decision, task, changed: false };
}

/** A rejection that the task still waits to be revised after is explained; every other dismissal is nobody's question. */
function refusalOf(task: Task, reviewId: number): TaskDecision {
  const revision = taskTransition("revise-code");
  if (task.feedback.at(-1)?.reviewId !== reviewId || !revision.from.includes(task.state)) return { kind: "unchanged" };
  return {
    kind: "refused",
    refusal: {
      reason: "not-in-this-state",
      rule: `The task stays in ${task.state}: dismissing a review that requested changes does not bring it back to its gate.`,
      who: ["developer"],
      next: "Claim it and push a commit that answers the review; then its gate decides again.",
    },
  };
}
