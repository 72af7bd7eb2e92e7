import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { taskIssueGoneText } from "../present/lifecycle-texts.ts";
import { amendTask } from "./amend-task.ts";
import type { AppDeps } from "./app-deps.ts";
import type { IssuePayload, IssuesPayload } from "./issue-payloads.ts";
import { moveStory, wasHandled } from "./move-story.ts";
import { moveTask } from "./move-task.ts";
import { refreshBlockersOf } from "./surroundings.ts";
import { conclude, done, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

/** Makes the trigger of a delivery; looks the sender's roles up. */
export type MakeTrigger = (asked: string) => Promise<Trigger>;

/** Why GitHub says that an issue was closed, if not because it is completed. */
const givenUp: readonly (string | null | undefined)[] = ["not_planned", "duplicate"];

/** Actions after which the issue is not here any more. An issue that becomes a discussion is deleted. */
const goneActions: readonly string[] = ["deleted", "transferred"];

/** What else than labels and text happens to a story's issue: closed, opened again, gone. */
export async function onStoryIssueChange(
  deps: AppDeps,
  story: Story,
  payload: IssuesPayload,
  makeTrigger: MakeTrigger,
): Promise<void> {
  const { action, issue } = payload;
  const over = story.state === "done" || story.state === "archived";
  if (goneActions.includes(action)) {
    await withdraw(deps, story, payload, await makeTrigger(action));
  } else if (action === "closed" && !over) {
    const asked = givenUp.includes(issue.state_reason) ? "close as not planned" : "close as completed";
    const trigger = await makeTrigger(asked);
    if (!wasHandled(story, trigger.deliveryId)) await closeStory(deps, story, issue, trigger);
  } else if (action === "reopened") {
    await reopenStory(deps, story, over, makeTrigger);
  } else if (action === "unlocked") {
    await deps.write({ kind: "story", storyId: story.id });
  }
}

/** Not planned: `cancel`. Completed: `accept` where the story waits for that, else it is said what is still to be done. */
async function closeStory(deps: AppDeps, story: Story, issue: IssuePayload, trigger: Trigger): Promise<void> {
  const shown = { title: issue.title, body: issue.body ?? "" };
  let outcome: TriggerOutcome;
  if (givenUp.includes(issue.state_reason)) {
    const feedback = "The issue was closed as not planned.";
    outcome = await moveStory(deps, trigger, story, "cancel", { shown, feedback });
  } else if (story.state === "ready-to-review" && (await isStillClosed(deps, trigger))) {
    outcome = await moveStory(deps, trigger, story, "accept", { shown });
  } else if (story.state === "accepted") {
    // Only merges are left, and they close it as well.
    outcome = done;
  } else {
    outcome = refused({
      reason: "not-by-hand",
      rule: `A story is completed when its tasks are merged; this one is in ${story.state}.`,
      who: [],
      next: "It closes by itself when it is done. To give it up, the product owner closes it as not planned.",
    });
  }
  await conclude(deps, trigger, { storyId: story.id }, outcome);
  if (outcome.kind === "refused") await deps.write({ kind: "story-issue", storyId: story.id });
}

/** Accepting merges, so it must be meant now: a delivery that comes late may tell of a closing that was put back since. */
async function isStillClosed(deps: AppDeps, { ref, issueNumber }: Trigger): Promise<boolean> {
  const octokit = await deps.octokitFor(ref.installation);
  const { data } = await octokit.rest.issues.get({ owner: ref.owner, repo: ref.repo, issue_number: issueNumber });
  return data.state === "closed";
}

async function reopenStory(deps: AppDeps, story: Story, over: boolean, makeTrigger: MakeTrigger): Promise<void> {
  if (!over) return deps.write({ kind: "story", storyId: story.id });
  const outcome = refused({
    reason: "not-in-this-state",
    rule: `The story is ${story.state}; opening its issue again does not begin it again.`,
    who: story.state === "done" ? ["product-owner"] : [],
    next:
      story.state === "done"
        ? "Begin it anew with /reset and the reason, or write a new story."
        : "It is archived for good: write a new story.",
  });
  await conclude(deps, await makeTrigger("reopening the issue"), { storyId: story.id }, outcome);
  await deps.write({ kind: "story-issue", storyId: story.id });
}

/** Nobody can bring the issue back, whoever moved or deleted it: the fleet records it and cancels the open tasks. */
async function withdraw(deps: AppDeps, story: Story, payload: IssuesPayload, trigger: Trigger): Promise<void> {
  const { changes, action } = payload;
  const where = changes?.new_repository?.full_name;
  const to = where === undefined ? "" : ` to ${where}#${changes?.new_issue?.number ?? ""}`;
  await deps.planning.transitionStory({
    storyId: story.id,
    action: "withdraw",
    principal: system,
    roles: systemRoles,
    feedback: `The issue was ${action}${to} by @${trigger.principal.login}.`,
    deliveryId: trigger.deliveryId,
    at: trigger.at,
  });
}

/** The same for a task's sub-issue. */
export async function onTaskIssueChange(
  deps: AppDeps,
  task: Task,
  payload: IssuesPayload,
  makeTrigger: MakeTrigger,
): Promise<void> {
  const { action, issue, changes } = payload;
  const over = task.state === "cancelled" || (task.state === "done" && task.merged);
  if (goneActions.includes(action)) {
    await taskIssueGone(deps, task, over, await makeTrigger(action));
  } else if (action === "closed" && !over) {
    await closeTask(deps, task, issue, makeTrigger);
  } else if (action === "reopened" && over) {
    const outcome = refused({
      reason: "not-in-this-state",
      rule: `The task is ${task.merged ? "merged" : "cancelled"}; opening its issue again does not begin it again.`,
      who: [],
      next: "What is still missing becomes a new story.",
    });
    await conclude(deps, await makeTrigger("reopening the issue"), { taskId: task.id }, outcome);
    await deps.write({ kind: "task-issue", taskId: task.id });
  } else if (action === "edited" && !over && changes?.title !== undefined && issue.title !== task.title) {
    await amendTask(deps, task, { title: issue.title }, await makeTrigger("new title"));
  }
}

async function closeTask(deps: AppDeps, task: Task, issue: IssuePayload, makeTrigger: MakeTrigger): Promise<void> {
  let outcome: TriggerOutcome;
  let trigger: Trigger;
  if (givenUp.includes(issue.state_reason)) {
    trigger = await makeTrigger("close as not planned");
    outcome = await moveTask(deps, trigger, task, "discard-task", "The task's issue was closed as not planned.");
  } else {
    // A merge closes the issue that the pull request names, also one by hand, and says the rest itself.
    if (task.state === "done" || (await isMerged(deps, task))) return;
    trigger = await makeTrigger("close as completed");
    outcome = refused({
      reason: "not-by-hand",
      rule: `A task is completed when its pull request is merged; this one is in ${task.state}.`,
      who: [],
      next: "It closes by itself then. To give it up, the product owner closes it as not planned.",
    });
  }
  await conclude(deps, trigger, { taskId: task.id }, outcome);
  if (outcome.kind === "refused") await deps.write({ kind: "task-issue", taskId: task.id });
}

async function isMerged(deps: AppDeps, task: Task): Promise<boolean> {
  if (task.merged || task.pullRequest === null) return task.merged;
  const octokit = await deps.octokitFor(task.installation);
  const { owner, repo, pullRequest: pull_number } = task;
  const pull = await nullWhenMissing(octokit.rest.pulls.get({ owner, repo, pull_number }));
  return pull?.data.merged ?? false;
}

async function taskIssueGone(deps: AppDeps, task: Task, over: boolean, trigger: Trigger): Promise<void> {
  if (trigger.issueNumber !== task.issueNumber) return;
  await deps.workflow.linkTask({ taskId: task.id, issueNumber: null });
  if (over) return;
  await deps.write({
    kind: "reply",
    ref: trigger.ref,
    issueNumber: task.storyIssue,
    trigger: `task-issue-gone-${trigger.deliveryId}`,
    text: taskIssueGoneText(task, trigger.asked, trigger.principal.login),
  });
  await deps.write({ kind: "task", taskId: task.id });
}

/** An issue that closes or opens again changes how many open blockers others have; they are told by nobody else. */
export async function refreshBlocked(deps: AppDeps, ref: RepositoryRef, issue: IssuePayload): Promise<void> {
  if ((issue.issue_dependencies_summary?.total_blocking ?? 0) === 0) return;
  const octokit = await deps.octokitFor(ref.installation);
  const { data } = await octokit.rest.issues.listDependenciesBlocking({
    owner: ref.owner,
    repo: ref.repo,
    issue_number: issue.number,
    per_page: 100,
  });
  for (const blocked of data) await refreshBlockersOf(deps, ref, blocked.number);
}
