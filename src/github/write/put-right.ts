import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { planComment, planMarker } from "../present/plan-comment.ts";
import { withMarker } from "./content-hash.ts";
import { ensureCommentText } from "./ensure-comment.ts";
import { ensureBelow, ensureIssueState } from "./ensure-issue.ts";
import { baseOf } from "./ensure-merged.ts";
import { type On, place } from "./on.ts";
import { writeDependencies } from "./write-dependencies.ts";
import type { WriterDeps } from "./writer-deps.ts";

/** Puts the plan's comment right after somebody edited it; it was found by its id, since its marker may be gone. */
export async function putPlanCommentRight(
  on: On<GitHubClient>,
  story: Story,
  commentId: number,
  simulated: string | null,
): Promise<void> {
  const text = planComment(story, simulated);
  if (text !== null) await ensureCommentText(on, commentId, withMarker(planMarker, text));
}

/** A story's issue is open until the story is over. An accepted one may be closed already: only merges are left. */
export async function putStoryIssueRight(on: On<GitHubClient>, story: Story): Promise<void> {
  if (story.state === "accepted" || story.withdrawn) return;
  const ends = story.state === "done" ? "completed" : story.state === "archived" ? "not_planned" : "open";
  await ensureIssueState(on, story.issueNumber, ends);
}

/** A task's issue stands below its story's, after those of its plan, and is open until the task is merged or given up. */
export async function putTaskIssueRight(deps: WriterDeps, on: On<GitHubClient>, task: Task): Promise<void> {
  if (task.issueNumber === null) return;
  const merged = task.state === "done" && task.merged;
  await ensureIssueState(
    on,
    task.issueNumber,
    merged ? "completed" : task.state === "cancelled" ? "not_planned" : "open",
  );
  if (task.state === "cancelled") return;
  await ensureBelow(on, task.storyIssue, task.issueNumber);
  await writeDependencies(deps, on, task, "alone");
}

/** A task's open pull request goes into the default branch: a merge into another one would not finish the task. */
export async function putBaseRight(on: On<GitHubClient>, task: Task): Promise<void> {
  if (task.pullRequest === null || task.merged) return;
  const where = { ...place(on), pull_number: task.pullRequest };
  const { data: pull } = await on.octokit.rest.pulls.get(where);
  const base = baseOf(pull);
  if (pull.state !== "open" || base === null || base.ref === base.wanted) return;
  await on.beforeWrite("edit");
  await on.octokit.rest.pulls.update({ ...where, base: base.wanted });
}
