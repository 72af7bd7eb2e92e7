import { isTaskId } from "../../kernel/parse-ids.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf } from "../client/app-identity.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import type { AppDeps } from "./app-deps.ts";

/** The hidden line by which the App knows the issue or pull request of a task again. */
const marker = /<!-- fleet:task (\S+) -->/;

/**
 * The task of an issue or pull request that the App opened a moment ago: people see it before the graph has its number,
 * and what they say there must not get lost. Only what the App itself wrote is believed.
 */
export async function taskOfOwnIssue(
  deps: AppDeps,
  ref: RepositoryRef,
  issue: {
    readonly user?: { readonly id: number; readonly login: string } | null | undefined;
    readonly body?: string | null | undefined;
  },
): Promise<Task | null> {
  const id = marker.exec(issue.body ?? "")?.[1];
  if (id === undefined || !isTaskId(id) || issue.user === null || issue.user === undefined) return null;
  if (!isBotOf(await deps.identityOf(ref.installation), issue.user)) return null;
  const task = await deps.workflow.getTask(id);
  return task?.repository === ref.repository ? task : null;
}
