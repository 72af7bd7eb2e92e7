import type { Context } from "../context/domain/context.ts";
import { idOfRepository } from "../github/reconcile/named-repository.ts";
import { UserError } from "../kernel/errors.ts";
import { storyId } from "../kernel/ids.ts";
import { system } from "../kernel/principal.ts";
import { findTasks } from "../workflow/application/find-tasks.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { AccessRules } from "./assemble-deliberation.ts";
import type { TimerJob } from "./start-timers.ts";

/**
 * What an agent would be given now of a story, or of one of its tasks: the context with its blocks, where each piece comes
 * from and why, what was left out, and which rules of access keep what out of it.
 * @throws {UserError} for what the fleet does not know
 */
export async function explainContext(
  contexts: Contexts,
  { repository, context }: TimerJob,
): Promise<Context & { readonly rules: AccessRules }> {
  if (repository === undefined || context === undefined)
    throw new UserError("bad-argument", "No story is named.", "Name one as owner/name#12.");
  const story = storyId(idOfRepository(await contexts.appDeps.repositories.all(), repository), context.issue);
  const tasks = context.task === undefined ? [] : await findTasks(contexts.workflow, { storyId: story });
  const task = tasks.findLast(({ number }) => number === context.task) ?? null;
  if (context.task !== undefined && task === null)
    throw new UserError("bad-argument", `The story has no task ${context.task}.`, "Name one of its tasks.");
  const role = context.role ?? task?.role ?? "architect";
  // Whoever runs the command is no person of GitHub: the operator speaks for the fleet.
  const asked = { storyId: story, taskId: task?.id ?? null, role, asker: system };
  const found = await contexts.deliberation.contextOf(asked);
  if (found === null)
    throw new UserError("unknown-story", "There is no such story.", "Label the issue fleet:story first.");
  const rules = await contexts.deliberation.accessRules(asked, context.about ?? null);
  return { ...found, rules: rules ?? { blocks: [], about: null } };
}
