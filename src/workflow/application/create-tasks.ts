import { toIso } from "../../kernel/clock.ts";
import { taskId } from "../../kernel/ids.ts";
import type { PlanTask } from "../../kernel/plan.ts";
import { principalName } from "../../kernel/principal.ts";
import type { Task } from "../domain/task.ts";
import { taskBranch } from "../domain/task-branch.ts";
import type { Cause, CreateTasks } from "./commands.ts";
import type { StoryFacts, WorkflowDeps } from "./ports.ts";
import { announce } from "./task-changes.ts";

/**
 * Creates the tasks of an approved plan; those that are there already stay as they are. A plan that is not in force any
 * more when this runs (the story was reset in between) makes none.
 */
export async function createTasks(deps: WorkflowDeps, command: CreateTasks, cause: Cause | null = null): Promise<void> {
  await deps.graph.write(async (tx) => {
    const story = await deps.stories(tx, command.storyId);
    if (story === null || story.approvedPlan !== command.planVersion) {
      return;
    }
    const createdAt = toIso(deps.clock());
    const tasks = command.tasks.map((task) => newTask(command, story, task, createdAt));
    for (const task of await deps.tasks.create(tx, tasks, principalName(command.decidedBy))) {
      const payload = { number: task.number, title: task.title };
      await announce(deps, tx, task, [{ type: "workflow.task.created", payload }], cause);
    }
  });
  deps.committed?.();
}

function newTask(command: CreateTasks, story: StoryFacts, task: PlanTask, createdAt: string): Task {
  return {
    id: taskId(command.storyId, command.planVersion, task.number),
    version: 1,
    storyId: command.storyId,
    installation: command.installation,
    repository: command.repository,
    owner: story.owner,
    repo: story.repo,
    storyIssue: story.issueNumber,
    planVersion: command.planVersion,
    ...task,
    state: "todo",
    branch: taskBranch(story.issueNumber, command.planVersion, task.number, task.title),
    issueNumber: null,
    pullRequest: null,
    assignee: null,
    leaseExpiresAt: null,
    round: 0,
    retries: 0,
    councilGaveUp: null,
    headSha: null,
    headTree: null,
    authors: [],
    authorsKnown: true,
    approvals: [],
    feedback: [],
    note: null,
    merged: false,
    mergeSha: null,
    createdAt,
    stateSince: createdAt,
    deadlines: [],
    handled: [],
  };
}
