/** What people have a time for: the gates, and a task as a whole. */
export const deadlineKinds = ["review", "qa", "product-owner", "task"] as const;

export type DeadlineKind = (typeof deadlineKinds)[number];

/** One deadline of a task. It is kept with the task until what it is for is over; times are ISO 8601, UTC. */
export type Deadline = {
  readonly kind: DeadlineKind;
  readonly since: string;
  readonly dueAt: string;
  /** When it was found to be over, and somebody was reminded; null before. Nobody is reminded twice. */
  readonly remindedAt: string | null;
};
