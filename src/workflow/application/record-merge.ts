import { assignReadyIn, autoCouncil } from "./assign-ready.ts";
import type { RecordMerge } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { announceCompletion, causeOf } from "./task-changes.ts";

/**
 * Records that a task's pull request is merged; the same again changes nothing. When every open task of the story is
 * done and merged, that is announced (once, by the last of them); tasks that waited for this one are assigned.
 */
export async function recordMerge(deps: WorkflowDeps, command: RecordMerge): Promise<void> {
  const { repository } = (await deps.graph.read((tx) => deps.tasks.load(tx, command.taskId))) ?? { repository: null };
  const council = repository === null ? false : await autoCouncil(deps, repository);
  await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task === null || task.merged) {
      return;
    }
    const merged = { ...task, merged: true, mergeSha: command.mergeSha };
    const cause = causeOf(command.deliveryId);
    await deps.tasks.save(tx, task, merged, []);
    await announceCompletion(deps, tx, merged, cause);
    if (council) {
      await assignReadyIn(deps, tx, task.storyId, cause);
    }
  });
  deps.committed?.();
}
