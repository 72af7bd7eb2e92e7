/**
 * The road of a deliberation (COUNCIL.md, "Council and statuses"), as data: each status with those that may follow it.
 * A status without followers is an end. A planning council drafts and selects only. One that is `waiting` has no tokens yet:
 * those of its task, its story or the day are used up (`budgetScopes`).
 */
export const deliberationStatuses = {
  waiting: ["queued", "failed", "cancelled"],
  queued: ["drafting", "failed", "cancelled", "timed-out"],
  drafting: ["checking", "selecting", "failed", "cancelled", "timed-out"],
  checking: ["critiquing", "revising", "selecting", "failed", "cancelled", "timed-out"],
  critiquing: ["revising", "selecting", "failed", "cancelled", "timed-out"],
  revising: ["selecting", "failed", "cancelled", "timed-out"],
  selecting: ["completed", "failed", "cancelled", "timed-out"],
  completed: [],
  failed: [],
  cancelled: [],
  "timed-out": [],
} as const satisfies Record<string, readonly string[]>;

export type DeliberationStatus = keyof typeof deliberationStatuses;

/** Narrows any string to a status: for data that comes back from a store or a queue. */
export function isDeliberationStatus(value: unknown): value is DeliberationStatus {
  return typeof value === "string" && Object.hasOwn(deliberationStatuses, value);
}

/** Whether the deliberation is over. */
export function isFinalStatus(status: DeliberationStatus): boolean {
  return deliberationStatuses[status].length === 0;
}

/**
 * Whether `to` lies ahead of `from` on the road, at any distance. Reports travel by queue in no promised order, so a
 * late one must never move a deliberation backwards.
 */
export function isAhead(from: DeliberationStatus, to: DeliberationStatus): boolean {
  const followers: readonly DeliberationStatus[] = deliberationStatuses[from];
  return followers.some((status) => status === to || isAhead(status, to));
}
