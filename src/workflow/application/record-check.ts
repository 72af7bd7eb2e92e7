import { withReport } from "../domain/failing-checks.ts";
import type { RecordCheck } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";

/**
 * Keeps what a check of GitHub says of a task's head, where it failed or had failed: the next round is told. The same again, a
 * green one that was green, and one of another commit change nothing, and take no transaction that writes.
 */
export async function recordCheck(deps: WorkflowDeps, { taskId, ...report }: RecordCheck): Promise<void> {
  const known = await deps.graph.read((tx) => deps.tasks.load(tx, taskId));
  if (known === null || withReport(known, report) === known) return;
  await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, taskId);
    if (task === null) return;
    const after = withReport(task, report);
    if (after !== task) await deps.tasks.save(tx, task, after, []);
  });
}
