import { idOfRepository } from "../github/reconcile/named-repository.ts";
import { UserError } from "../kernel/errors.ts";
import { type StoryId, storyId } from "../kernel/ids.ts";
import { getStory } from "../planning/application/find-stories.ts";
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
  const { issue, task: number } = context;
  const story = storyId(idOfRepository(await contexts.appDeps.repositories.all(), repository), issue);
  const named = `${repository}#${issue}`;
  if ((await getStory(contexts.planning, story)) === null)
    throw new UserError(
      "unknown-story",
      `${named} is no story.`,
      "Name the issue of a story, or label this one fleet:story.",
    );
  if (number === undefined) return { story, task: null };
  const tasks = await findTasks(contexts.workflow, { storyId: story });
  const task = tasks.findLast((each) => each.number === number);
  if (task !== undefined) return { story, task };
  const numbers = [...new Set(tasks.map((each) => each.number))].sort((a, b) => a - b);
  const known = numbers.length === 0 ? "It has none yet." : `It has: ${numbers.join(", ")}.`;
  throw new UserError("bad-argument", `The story ${named} has no task ${number}.`, known);
}
