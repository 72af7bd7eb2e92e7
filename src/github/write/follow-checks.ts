import type { TaskState } from "../../kernel/states.ts";
import { areWrittenFirst } from "../../workflow/domain/plan-progress.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { checksStanding } from "../present/checks-standing.ts";
import { ensureBranchCurrent } from "./ensure-branch-current.ts";
import type { On } from "./on.ts";
import { readChecks } from "./read-checks.ts";
import type { WriterDeps } from "./writer-deps.ts";

/** Until its tests are approved: a branch that changes later would void what people decided on it. */
const undecided: readonly TaskState[] = ["pending-arch-review", "arch-reviewing", "pending-qa", "qa-testing"];

/**
 * Tests that were written first meet the code that they ask for: once all of it is merged and the checks of their branch
 * are red, the base is merged into the branch, so that the checks run again with the code. Elsewhere nothing is asked or
 * changed. Returns why the branch could not be brought up to date, as a sentence; null where nothing is in the way.
 */
export async function takeCodeIn(on: On<GitHubClient>, task: Task, plan: readonly Task[]): Promise<string | null> {
  const { pullRequest, headSha } = task;
  if (pullRequest === null || headSha === null || !undecided.includes(task.state)) return null;
  if (areWrittenFirst(task, plan) !== "code-merged") return null;
  if ((await readChecks(on.octokit, task, headSha)).verdict !== "failed") return null;
  const result = await ensureBranchCurrent(on, pullRequest);
  if (result.kind === "current") return null;
  return `The code that its tests ask for is merged, but this branch could not be brought up to date: ${result.why}. Merge the base into it by hand.`;
}

/**
 * Where fleet.yml leaves the tests to the required checks, asks them about the head, and approves the tests once they are
 * green. Returns how they stand, as a sentence; null where people decide.
 */
export async function testByChecks(
  deps: Pick<WriterDeps, "configurationOf" | "facts">,
  on: On<GitHubClient>,
  task: Task,
): Promise<string | null> {
  if (task.state !== "pending-qa" || task.headSha === null) return null;
  const { gates } = (await deps.configurationOf(task)).configuration;
  if (gates.testing !== "checks") return null;
  const { id: taskId, headSha } = task;
  const checks = await readChecks(on.octokit, task, headSha);
  const standing = checksStanding(checks, headSha);
  if (checks.verdict === "passed") await deps.facts.passTests({ taskId, headSha, standing });
  return standing;
}
