import { toIso } from "../../kernel/clock.ts";
import type { TaskId } from "../../kernel/ids.ts";
import { type Principal, system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import { afterWorkingTime } from "../../kernel/working-time.ts";
import { isHolder } from "../domain/task-holder.ts";
import type { WorkflowDeps } from "./ports.ts";

import { transitionTask } from "./transition-task.ts";

/**
 * The heartbeat of whoever works on a task: its lease begins anew. Heard of is what the holder does about it: a comment,
 * a push; of everybody else it means nothing.
 */
export async function renewLease(deps: WorkflowDeps, taskId: TaskId, by: Principal): Promise<void> {
  const known = await deps.graph.read((tx) => deps.tasks.load(tx, taskId));
  if (known?.state !== "implementing" || !isHolder(known, by)) return;
  const { leaseMs, quiet } = await deps.sla(known.repository);
  await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, taskId);
    if (task?.state !== "implementing" || !isHolder(task, by)) return;
    const leaseExpiresAt = toIso(afterWorkingTime(deps.clock(), leaseMs, quiet));
    await deps.tasks.save(tx, task, { ...task, leaseExpiresAt }, []);
  });
}

/** Gives back every task whose lease is over (DOMAIN.md §3); returns how many. */
export async function releaseExpiredLeases(deps: WorkflowDeps): Promise<number> {
  const now = deps.clock();
  const implementing = await deps.graph.read((tx) => deps.tasks.find(tx, { states: ["implementing"] }));
  let released = 0;
  for (const task of implementing) {
    if (task.leaseExpiresAt !== null && Date.parse(task.leaseExpiresAt) <= now) {
      const release = { taskId: task.id, action: "release-task", principal: system, roles: systemRoles, now } as const;
      const decision = await transitionTask(deps, release);
      released += decision.kind === "moved" ? 1 : 0;
    }
  }
  return released;
}
