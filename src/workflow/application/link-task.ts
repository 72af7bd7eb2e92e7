import { PermanentError } from "../../kernel/errors.ts";
import type { LinkTask } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";

/** Keeps the numbers under which GitHub knows a task; the same again changes nothing. Throws a `PermanentError` for an id that names no task. */
export async function linkTask(deps: WorkflowDeps, command: LinkTask): Promise<void> {
  await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task === null) {
      throw new PermanentError(`There is no task ${command.taskId}.`);
    }
    const issueNumber = command.issueNumber === undefined ? task.issueNumber : command.issueNumber;
    const pullRequest = command.pullRequest ?? task.pullRequest;
    if (issueNumber !== task.issueNumber || pullRequest !== task.pullRequest) {
      await deps.tasks.save(tx, task, { ...task, issueNumber, pullRequest }, []);
    }
  });
}
