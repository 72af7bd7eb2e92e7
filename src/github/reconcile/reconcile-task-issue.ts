import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import { taskFamilies } from "../present/label-families.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { issueTitle } from "../write/ensure-issue.ts";
import { blockersOf } from "../write/write-dependencies.ts";
import { handInClosed, handInGone, issueOrGone } from "./issue-end.ts";
import { labelRepair } from "./label-repair.ts";
import { parentNumberOf } from "./parent-issue.ts";
import type { Repair } from "./repair.ts";

type Issue = Awaited<ReturnType<GitHubClient["rest"]["issues"]["get"]>>["data"];

/**
 * Compares an open task with its own issue: whether that was closed, or is not there any more, and what the approved plan
 * says of it. Nobody says who changed its title, its dependencies or its place below the story, and only the product owner
 * may: so the plan wins.
 */
export async function reconcileTaskIssue(deps: AppDeps, task: Task): Promise<readonly Repair[]> {
  const { repository, issueNumber: number } = task;
  if (number === null) return [];
  const octokit = await deps.octokitFor(task.installation);
  const where = { owner: task.owner, repo: task.repo, issue_number: number };
  const answer = await issueOrGone(octokit, task, octokit.rest.issues.get(where));
  if (answer === undefined) return [];
  if (answer === null) {
    await handInGone(deps, task, { number, title: task.title, body: "", labels: [] });
    return [{ repository, number, what: "gone" }];
  }
  const issue = answer.data;
  // A task that is done waits for its merge, which closes the issue.
  if (issue.state === "closed" && task.state !== "done") {
    await handInClosed(deps, task, issue);
    return [{ repository, number, what: "closed" }];
  }
  const labels = labelRepair(task, issue, taskFamilies(task), task.stateSince, deps.clock());
  const found: Repair["what"][] = [];
  if (issue.title !== issueTitle(task.title)) found.push("title");
  if (await isElsewhere(octokit, task, issue)) found.push("sub-issue");
  if (await isBlockedOtherwise(deps, octokit, task, issue)) found.push("dependencies");
  // The title goes with everything else that is shown of a task.
  if (found.includes("sub-issue") || found.includes("dependencies"))
    await deps.write({ kind: "task-issue", taskId: task.id });
  return [...labels, ...found.map((what) => ({ repository, number, what }))];
}

/** Whether it stands below another issue than its story's, or below none; asked again where the issue seems to say so. */
async function isElsewhere(octokit: GitHubClient, task: Task, issue: Issue): Promise<boolean> {
  const parent = parentNumberOf(task, issue);
  if (parent === undefined || parent === task.storyIssue) return false;
  const { owner, repo } = task;
  const read = octokit.rest.issues.getParent({ owner, repo, issue_number: issue.number });
  return (await nullWhenLacking(read))?.data.number !== task.storyIssue;
}

/** Whether, of its plan's issues, others than the plan says block it. Read only where there is anything to compare. */
async function isBlockedOtherwise(deps: AppDeps, octokit: GitHubClient, task: Task, issue: Issue): Promise<boolean> {
  const blockers = issue.issue_dependencies_summary?.total_blocked_by;
  if (blockers === undefined || (blockers === 0 && task.dependsOn.length === 0)) return false;
  const plan = (await deps.workflow.findTasks({ storyId: task.storyId })).filter(
    (other) => other.planVersion === task.planVersion,
  );
  const { wanted, family } = blockersOf(task, plan);
  const where = { owner: task.owner, repo: task.repo, issue_number: issue.number, per_page: 100 };
  const listed = await nullWhenLacking(octokit.paginate(octokit.rest.issues.listDependenciesBlockedBy, where));
  if (listed === null) return false;
  const there = listed.map((blocker) => blocker.number).filter((each) => family.includes(each));
  return wanted.some((each) => !there.includes(each)) || there.some((each) => !wanted.includes(each));
}
