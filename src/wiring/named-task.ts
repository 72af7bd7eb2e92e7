import { idOfRepository } from "../github/reconcile/named-repository.ts";
import { UserError } from "../kernel/errors.ts";
import { type StoryId, storyId } from "../kernel/ids.ts";
import { findTasks } from "../workflow/application/find-tasks.ts";
import type { Task } from "../workflow/domain/task.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { TimerJob } from "./start-timers.ts";

/**
 * The story that somebody named as owner/name#12, and the task where it was one, as owner/name#12/1.
 * @throws {UserError} for what the fleet does not know
 */
export async function namedTask(
  contexts: Contexts,
  { repository, context }: TimerJob,
): Promise<{ readonly story: StoryId; readonly task: Task | null }> {
  if (repository === undefined || context === undefined)
    throw new UserError("bad-argument", "No story is named.", "Name one as owner/name#12.");
  const story = storyId(idOfRepository(await contexts.appDeps.repositories.all(), repository), context.issue);
  const tasks = context.task === undefined ? [] : await findTasks(contexts.workflow, { storyId: story });
  const task = tasks.findLast(({ number }) => number === context.task) ?? null;
  if (context.task !== undefined && task === null)
    throw new UserError("bad-argument", `The story has no task ${context.task}.`, "Name one of its tasks.");
  return { story, task };
}
