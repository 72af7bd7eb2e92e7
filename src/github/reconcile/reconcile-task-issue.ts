import type { Task } from "../../workflow/domain/task.ts";
import type { AppDeps } from "../translate/app-deps.ts";
import { handInClosed, handInGone, issueOrGone } from "./issue-end.ts";
import type { Repair } from "./repair.ts";

/** Compares an open task with its own issue: whether that was closed, or is not there any more. */
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
  if (issue.state !== "closed" || task.state === "done") return [];
  await handInClosed(deps, task, issue);
  return [{ repository, number, what: "closed" }];
}
