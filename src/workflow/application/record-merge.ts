import { assignReadyIn, autoCouncil } from "./assign-ready.ts";
import type { RecordMerge } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { announceCompletion, causeOf } from "./task-changes.ts";

/**
 * Records that a task's pull request is merged; the same again changes nothing. When every open task of the story is
 * done and merged, that is announced (once, by the last of them); tasks that waited for this one are assigned.
 */
export async function recordMerge(deps: WorkflowDeps, command: RecordMerge): Promise<void> {
  const known = await deps.graph.read((tx) => deps.tasks.load(tx, command.taskId));
  if (known === null || known.merged) {
    return;
  }
  const council = await autoCouncil(deps, known.repository);
  const lease = await deps.sla(known.repository);
  await deps.graph.write(async (tx) => {
    // All tasks of the story, in one order: two merges that locked their own task first would wait for each other.
    const task = (await deps.tasks.findForChange(tx, known.storyId)).find((candidate) => candidate.id === known.id);
    if (task === undefined || task.merged) {
      return;
    }
    const merged = { ...task, merged: true, mergeSha: command.mergeSha };
    const cause = causeOf(command.deliveryId);
    await deps.tasks.save(tx, task, merged, []);
    await announceCompletion(deps, tx, merged, cause);
    if (council) {
      await assignReadyIn(deps, tx, task.storyId, lease, cause);
    }
  });
  deps.committed?.();
}
