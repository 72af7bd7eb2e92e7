import type { Context } from "../context/domain/context.ts";
import { UserError } from "../kernel/errors.ts";
import { system } from "../kernel/principal.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { AccessRules } from "./assemble-deliberation.ts";
import { namedTask } from "./named-task.ts";
import type { TimerJob } from "./start-timers.ts";

/**
 * What an agent would be given now of a story, or of one of its tasks: the context with its blocks, where each piece comes
 * from and why, what was left out, and which rules of access keep what out of it.
 * @throws {UserError} for what the fleet does not know
 */
export async function explainContext(
  contexts: Contexts,
  job: TimerJob,
): Promise<Context & { readonly rules: AccessRules }> {
  const { story, task } = await namedTask(contexts, job);
  const role = job.context?.role ?? task?.role ?? "architect";
  // Whoever runs the command is no person of GitHub: the operator speaks for the fleet.
  const asked = { storyId: story, taskId: task?.id ?? null, role, asker: system };
  const found = await contexts.deliberation.contextOf(asked);
  if (found === null)
    throw new UserError("unknown-story", "There is no such story.", "Label the issue fleet:story first.");
  const rules = await contexts.deliberation.accessRules(asked, job.context?.about ?? null);
  return { ...found, rules: rules ?? { blocks: [], about: null } };
}
