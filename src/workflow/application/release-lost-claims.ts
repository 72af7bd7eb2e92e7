import { type HumanPrincipal, principalKey, principalName, system } from "../../kernel/principal.ts";
import { type RoleAnswer, systemRoles } from "../../kernel/roles.ts";
import type { Task } from "../domain/task.ts";
import type { WorkflowDeps } from "./ports.ts";

import { transitionTask } from "./transition-task.ts";

/** Whose claims are looked at; every given field narrows. */
export type ClaimScope = {
  readonly installation?: number;
  readonly repository?: number;
  /** GitHub's id of the holder. */
  readonly holder?: number;
};

/** Looks up the roles of a task's holder in the task's repository. */
export type HolderRoles = (task: Task, holder: HumanPrincipal) => Promise<RoleAnswer>;

/** A task that was taken from somebody who lost the role for it. */
export type ReleasedClaim = { readonly task: Task; readonly why: string };

/**
 * Gives back every task whose holder has no role any more that allows to work on it: `developer`, or the task's own. A
 * look-up that fails takes nothing from anybody. With the delivery's id a repeat answers with the same tasks again, so
 * that whoever lost one is told even if the process died in between.
 */
export async function releaseLostClaims(
  deps: WorkflowDeps,
  scope: ClaimScope,
  rolesOf: HolderRoles,
  deliveryId: string | null,
): Promise<readonly ReleasedClaim[]> {
  const filter = { ...(scope.repository === undefined ? {} : { repository: scope.repository }) };
  const tasks = await deps.graph.read((tx) => deps.tasks.find(tx, { ...filter, states: ["implementing", "todo"] }));
  const released: ReleasedClaim[] = [];
  for (const task of tasks.filter(({ installation }) => (scope.installation ?? installation) === installation)) {
    const why = await releaseOne(deps, task, scope, rolesOf, deliveryId);
    if (why !== null) released.push({ task, why });
  }
  return released;
}

async function releaseOne(
  deps: WorkflowDeps,
  task: Task,
  scope: ClaimScope,
  rolesOf: HolderRoles,
  deliveryId: string | null,
): Promise<string | null> {
  if (task.state === "todo") return releasedBefore(deps, task, deliveryId);
  const holder = task.assignee?.kind === "person" ? task.assignee.principal : null;
  if (holder?.kind !== "human" || (scope.holder !== undefined && scope.holder !== holder.id)) return null;
  const answer = await rolesOf(task, holder);
  if (!answer.known || answer.roles.includes("developer") || answer.roles.includes(task.role)) return null;
  const why = reasonOf(task, holder, answer.note);
  const decision = await transitionTask(deps, {
    taskId: task.id,
    action: "release-task",
    principal: system,
    roles: systemRoles,
    roleLost: { holder: principalKey(holder), why },
    now: deps.clock(),
    deliveryId,
  });
  return decision.kind === "moved" ? why : null;
}

function reasonOf(task: Task, holder: HumanPrincipal, note: string | undefined): string {
  const role = task.role === "developer" ? "developer" : `developer or ${task.role}`;
  return `${principalName(holder)} no longer holds the role ${role}${note === undefined ? "" : ` (${note})`}.`;
}

/** The reason of a release that this very delivery led to. */
async function releasedBefore(deps: WorkflowDeps, task: Task, deliveryId: string | null): Promise<string | null> {
  if (deliveryId === null || !task.handled.includes(`${deliveryId}/release-task`)) return null;
  const history = await deps.graph.read((tx) => deps.tasks.history(tx, task.id));
  return (
    history.findLast((record) => record.action === "release-task" && record.deliveryId === deliveryId)?.reason ?? null
  );
}
