import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { type Blockers, ensureBlockedBy } from "./ensure-blocked-by.ts";
import type { On } from "./on.ts";
import type { WriterDeps } from "./writer-deps.ts";

/**
 * The plan's `after` stands on the tasks' issues as blocked-by. When a task gets its issue, those that come after it are
 * written, too: theirs may be older.
 */
export async function writeDependencies(
  deps: WriterDeps,
  on: On<GitHubClient>,
  task: Task,
  scope: "alone" | "with those after it",
): Promise<void> {
  const plan = (await deps.reads.tasksOf(task.storyId)).filter((other) => other.planVersion === task.planVersion);
  const later = scope === "alone" ? [] : plan.filter((other) => other.dependsOn.includes(task.number));
  for (const one of [task, ...later]) {
    if (one.issueNumber === null || (scope !== "alone" && one.dependsOn.length === 0)) continue;
    await ensureBlockedBy(on, one.issueNumber, blockersOf(one, plan));
  }
}

/** Which issues should block a task's, of those of its plan. */
export function blockersOf(task: Task, plan: readonly Task[]): Blockers {
  return {
    wanted: plan.filter((other) => task.dependsOn.includes(other.number)).flatMap((other) => other.issueNumber ?? []),
    family: plan.flatMap((other) => other.issueNumber ?? []),
  };
}
