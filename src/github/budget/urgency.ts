import { AsyncLocalStorage } from "node:async_hooks";

/**
 * How soon something should be on GitHub, most urgent first: an answer that somebody waits for (👀, a label put back, a
 * refusal), what a story or a task looks like, and check runs.
 */
export const urgencies = ["answer", "status", "check"] as const;

export type Urgency = (typeof urgencies)[number];

const current = new AsyncLocalStorage<Urgency>();

/** Runs work whose requests are as urgent as that. */
export function withUrgency<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
  return current.run(urgency, work);
}

/** The urgency of the work that runs now; `status` where none was said. */
export function currentUrgency(): Urgency {
  return current.getStore() ?? "status";
}
