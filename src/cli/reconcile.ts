import type { NamedRepository } from "../github/reconcile/named-repository.ts";
import type { Environment } from "../platform/config/environment.ts";
import { askFleet } from "./ask-fleet.ts";

/** The longest that a reconcile of all stories is waited for, in milliseconds. */
const longestMs = 30 * 60 * 1000;

export type ReconcileOptions = {
  /** Narrows it to one repository. */
  readonly repo?: NamedRepository;
};

/**
 * `fleet reconcile`: asks the running fleet to compare every open story with GitHub now, waits, and prints what was
 * repaired as one JSON line. Returns the exit code: 1 where no fleet took it up in time, it does not know the repository, or
 * it failed.
 */
export async function runReconcile(environment: Environment, { repo }: ReconcileOptions): Promise<number> {
  const job = { timer: "reconcile", ...(repo === undefined ? {} : { repository: repo }) };
  const answer = await askFleet(environment, job, longestMs);
  if (answer.kind === "answer") {
    console.log(JSON.stringify(answer.value));
    return 0;
  }
  const failed = `The reconcile failed: ${answer.reason}`;
  console.error(answer.why === "failed" ? failed : `${answer.reason} Every start reconciles by itself.`);
  return 1;
}
