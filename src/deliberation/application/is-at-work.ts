import type { TaskId } from "../../kernel/ids.ts";
import { implementationId } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

type Deps = Pick<DeliberationUseCaseDeps, "graph" | "deliberations"> & {
  /** Whether a deliberation's job, or the report of its end, is still on its queue. */
  readonly isUnderWay: (deliberationId: string) => Promise<boolean>;
};

/**
 * Whether a council is at a round of a task: it waits for a worker, works, or has a winner that is on its way to the
 * branch. One whose job is lost is at nothing.
 */
export async function isAtWork(deps: Deps, taskId: TaskId, round: number): Promise<boolean> {
  const id = implementationId(taskId, round);
  // The queue first: what it does not know any more is recorded by then.
  const isUnderWay = await deps.isUnderWay(id);
  const deliberation = await deps.graph.read((tx) => deps.deliberations.load(tx, id));
  if (deliberation === null) return false;
  if (!isFinalStatus(deliberation.status)) return isUnderWay;
  return deliberation.outcome?.kind === "implementation" && deliberation.outcome.winner !== null;
}
