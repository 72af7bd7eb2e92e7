import { toIso } from "../../kernel/clock.ts";
import { afterWorkingTime } from "../../kernel/working-time.ts";
import type { SlaPolicy } from "./deadlines.ts";
import type { Task } from "./task.ts";
import { type RequestedTaskAction, taskTransition } from "./task-machine.ts";

/** How long whoever holds a task keeps it while nothing is heard of the work (DOMAIN.md §3, `sla` of fleet.yml). */
export type LeasePolicy = Pick<SlaPolicy, "leaseMs" | "quiet">;

/** When a lease ends that begins at `now` (ms since the epoch): ISO 8601, UTC. Quiet time does not count. */
export function leaseEndsAt(now: number, { leaseMs, quiet }: LeasePolicy): string {
  return toIso(afterWorkingTime(now, leaseMs, quiet));
}

/** Whether somebody comes to hold the task by an action, so that a lease begins. */
export function beginsLease(action: RequestedTaskAction): boolean {
  return taskTransition(action).to === "implementing";
}

/** Whether a task is held for longer than its lease, at `now` (ms since the epoch). */
export function isLeaseOver(task: Pick<Task, "state" | "leaseExpiresAt">, now: number): boolean {
  return task.state === "implementing" && task.leaseExpiresAt !== null && Date.parse(task.leaseExpiresAt) <= now;
}
