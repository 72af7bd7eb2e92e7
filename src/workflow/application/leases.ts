import type { TaskId } from "../../kernel/ids.ts";
import { type Principal, system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import { decideTask } from "../domain/decide-task.ts";
import { isLeaseOver, leaseEndsAt } from "../domain/lease.ts";
import type { Task } from "../domain/task.ts";
import { holderName, isHolder } from "../domain/task-holder.ts";
import type { WorkflowDeps } from "./ports.ts";
import { announce, saveDecision } from "./task-changes.ts";

/**
 * The heartbeat of whoever works on a task: its lease begins anew. Heard of is what the holder does about it: a comment,
 * a push; of everybody else it means nothing.
 */
export async function renewLease(deps: WorkflowDeps, taskId: TaskId, by: Principal): Promise<void> {
  const known = await deps.graph.read((tx) => deps.tasks.load(tx, taskId));
  if (known !== null) await renew(deps, known, (task) => isHolder(task, by));
}

/**
 * Ends every lease that is over (DOMAIN.md §3); returns how many tasks were given back. Whoever held one is
 * told so by an event. A council that is at its work keeps the task.
 */
export async function releaseExpiredLeases(deps: WorkflowDeps): Promise<number> {
  const implementing = await deps.graph.read((tx) => deps.tasks.find(tx, { states: ["implementing"] }));
  let released = 0;
  for (const task of implementing.filter((each) => isLeaseOver(each, deps.clock()))) {
    if (task.assignee?.kind === "council" && (await deps.councilAtWork(task.id, task.round))) {
      await renew(deps, task, ({ assignee, round }) => assignee?.kind === "council" && round === task.round);
    } else if (await release(deps, task)) {
      released += 1;
    }
  }
  return released;
}

/** Begins the lease anew where the task is still held as it was. */
async function renew(deps: WorkflowDeps, known: Task, isHeld: (task: Task) => boolean): Promise<void> {
  if (known.state !== "implementing" || !isHeld(known)) return;
  const policy = await deps.sla(known.repository);
  await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, known.id);
    if (task?.state !== "implementing" || !isHeld(task)) return;
    await deps.tasks.save(tx, task, { ...task, leaseExpiresAt: leaseEndsAt(deps.clock(), policy) }, []);
  });
}

async function release(deps: WorkflowDeps, seen: Task): Promise<boolean> {
  const isReleased = await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, seen.id);
    const now = deps.clock();
    // A heartbeat, or another round, may have come in between.
    if (task === null || task.round !== seen.round || !isLeaseOver(task, now)) return false;
    const why = `Nothing was heard of ${holderName(task)} until the end of the lease (${task.leaseExpiresAt}).`;
    const reason = task.assignee?.kind === "council" ? { councilGaveUp: why } : { feedback: why };
    const request = { action: "release-task", principal: system, roles: systemRoles, now, ...reason } as const;
    const decision = decideTask(task, request);
    await saveDecision(deps, tx, task, decision, request, null);
    if (decision.kind !== "moved") return false;
    await announce(deps, tx, task, leaseEnded(task), null);
    return true;
  });
  deps.committed?.();
  return isReleased;
}

/** What is said to whoever held the task, in the transaction that ends the lease: once, and never without it. */
function leaseEnded({ assignee, leaseExpiresAt: endedAt, ...task }: Task) {
  if (assignee === null || endedAt === null) return [];
  const { branch, owner, repo, round } = task;
  const number = task.pullRequest ?? task.issueNumber ?? task.storyIssue;
  const payload = { assignee, endedAt, round, owner, repo, number, task: task.number, branch };
  return [{ type: "workflow.task.lease-ended", payload } as const];
}
