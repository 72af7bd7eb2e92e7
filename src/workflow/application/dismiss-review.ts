import { decideDismissal } from "../domain/dismissal.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { AmendFeedback, DismissReview } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { causeOf, saveDecision, unknownTask } from "./task-changes.ts";

/** Records that a review was dismissed on GitHub: an approval of it no longer counts (see `decideDismissal`). */
export async function dismissReview(deps: WorkflowDeps, command: DismissReview): Promise<TaskDecision> {
  const decision = await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task === null) {
      return unknownTask;
    }
    const outcome = decideDismissal(task, { ...command, now: deps.clock() });
    if (outcome.changed && outcome.decision.kind !== "moved") {
      await deps.tasks.save(tx, task, outcome.task, []);
    }
    const asked = { action: "invalidate", principal: command.by, deliveryId: command.deliveryId };
    await saveDecision(deps, tx, task, outcome.decision, asked, causeOf(command.deliveryId));
    return outcome.decision;
  });
  deps.committed?.();
  return decision;
}

/**
 * Takes over the words of a rejecting review that was edited, for every context that is built from now on. The verdict
 * stays; words that were taken away leave the earlier ones. Returns whether anything changed.
 */
export async function amendFeedback(deps: WorkflowDeps, command: AmendFeedback): Promise<boolean> {
  const text = command.text.trim();
  return deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    const entry = task?.feedback.find((each) => each.reviewId === command.reviewId);
    if (task === null || entry === undefined || text === "" || entry.text === text) {
      return false;
    }
    const feedback = task.feedback.map((each) => (each === entry ? { ...each, text } : each));
    await deps.tasks.save(tx, task, { ...task, feedback }, []);
    return true;
  });
}
