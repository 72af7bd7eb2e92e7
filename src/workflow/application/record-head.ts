import { decideHead } from "../domain/record-head.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { RecordHead } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { announce, causeOf, saveDecision, unknownTask } from "./task-changes.ts";

/**
 * Records the head of a task's branch: the holder's commit hands the work in, another tree after an approval voids the
 * approvals, everything else is kept as a fact. The same head again is `unchanged`.
 */
export async function recordHead(deps: WorkflowDeps, command: RecordHead): Promise<TaskDecision> {
  const decision = await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task === null) {
      return unknownTask;
    }
    const outcome = decideHead(task, { ...command, now: deps.clock() });
    const cause = causeOf(command.deliveryId);
    if (outcome.changed && outcome.decision.kind !== "moved") {
      await deps.tasks.save(tx, task, outcome.task, []);
      await announce(deps, tx, task, outcome.events, cause);
    }
    const asked = { action: "commit-code", principal: command.committer, deliveryId: command.deliveryId };
    await saveDecision(deps, tx, task, outcome.decision, asked, cause);
    return outcome.decision;
  });
  deps.committed?.();
  return decision;
}
