import { UserError } from "../kernel/errors.ts";
import type { Contexts } from "./assemble-contexts.ts";
import { namedTask } from "./named-task.ts";
import type { TimerJob } from "./start-timers.ts";

/**
 * The latest council on a task, or on a story itself, with every step, check and reason so far.
 * @throws {UserError} for what the fleet does not know, and where no council was at work
 */
export async function followCouncil(contexts: Contexts, job: TimerJob) {
  const { story, task } = await namedTask(contexts, job);
  const all = await contexts.deliberation.councils.ofStory(story);
  const latest = all.findLast((each) => each.task === (task?.id ?? null));
  const found = latest === undefined ? null : await contexts.deliberation.follow(latest.id);
  if (found === null)
    throw new UserError("nothing-running", "No council was at work there.", "One is asked for with /council.");
  return found;
}
