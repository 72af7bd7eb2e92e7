import { permit } from "../../kernel/permission.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import type { Task } from "./task.ts";

/** What of a planned task may still change; what is left out stays. */
export type Amendment = { readonly title?: string; readonly dependsOn?: readonly number[] };

export type AmendDecision =
  | { readonly kind: "moved"; readonly task: Task }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Decides an amendment of a task after its plan was approved: the product owner approved it and so may amend it, nobody
 * else. Its number, scope and estimate stay. `siblings` are the tasks of its plan.
 */
export function decideAmendment(
  task: Task,
  siblings: readonly Task[],
  amendment: Amendment,
  principal: Principal,
  roles: RoleAnswer,
): AmendDecision {
  const title = amendment.title?.replace(/\s+/g, " ").trim() ?? task.title;
  const dependsOn = [...new Set(amendment.dependsOn ?? task.dependsOn)].sort((one, other) => one - other);
  if (title === task.title && dependsOn.join() === [...task.dependsOn].sort((one, other) => one - other).join()) {
    return { kind: "unchanged" };
  }
  const question = { action: "amend-task", by: ["product-owner"], inPerson: false, personName: null } as const;
  const permission = permit(question, principal, roles);
  if (!permission.allowed) {
    return { kind: "refused", refusal: permission.refusal };
  }
  const problem = problemOf(task, siblings, title, dependsOn);
  return problem === null
    ? { kind: "moved", task: { ...task, title, dependsOn } }
    : {
        kind: "refused",
        refusal: { reason: "plan-invalid", rule: problem, who: ["product-owner"], next: "Correct it and try again." },
      };
}

function problemOf(task: Task, siblings: readonly Task[], title: string, dependsOn: readonly number[]): string | null {
  if (title.length < 3 || title.length > 120) {
    return `A task's title has 3 to 120 characters; this one has ${title.length}.`;
  }
  const unknown = dependsOn.filter((number) => !siblings.some((sibling) => sibling.number === number));
  if (unknown.length > 0) {
    return `Task ${unknown.join(", ")} is not in the plan.`;
  }
  const behind = dependsOn.find((number) => leadsTo(siblings, number, task.number, new Set()));
  return behind === undefined
    ? null
    : `The dependencies would form a cycle: task ${task.number} after task ${behind}, which comes after task ${task.number}.`;
}

/** Whether a task depends on another one, directly or not. */
function leadsTo(siblings: readonly Task[], from: number, to: number, seen: Set<number>): boolean {
  if (from === to) {
    return true;
  }
  if (seen.has(from)) {
    return false;
  }
  seen.add(from);
  const next = siblings.find((sibling) => sibling.number === from)?.dependsOn ?? [];
  return next.some((number) => leadsTo(siblings, number, to, seen));
}
