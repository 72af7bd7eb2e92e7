import { afterEach, beforeEach } from "vitest";
import type { TaskId } from "../../src/kernel/ids.ts";
import type { PlanTask } from "../../src/kernel/plan.ts";
import { type Principal, principalKey } from "../../src/kernel/principal.ts";
import { createTasks } from "../../src/workflow/application/create-tasks.ts";
import { getTask } from "../../src/workflow/application/find-tasks.ts";
import { recordHead } from "../../src/workflow/application/record-head.ts";
import { reviewTask } from "../../src/workflow/application/review-task.ts";
import { transitionTask } from "../../src/workflow/application/transition-task.ts";
import type { RequestedTaskAction } from "../../src/workflow/domain/task-machine.ts";
import { dev, feedback, holding, reviewer } from "./a-task.ts";
import { openWorkflowWorld, type WorkflowWorld } from "./a-world.ts";
export const first: TaskId = "100-42-p1-t1";
export const second: TaskId = "100-42-p1-t2";
export const hour = 60 * 60 * 1000;
export const plan: readonly PlanTask[] = [
  {
    number: 1,
    title: "Sum the items",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 2,
    dependsOn: [],
    covers: [1],
  },
  {
    number: 2,
    title: "Show the sum",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 1.5,
    dependsOn: [1],
    covers: [2],
  },
];
/** The world of the running test: a live binding, opened anew for each. */
export let world: WorkflowWorld;

/** Opens a world for every test of a file, and closes it. */
export function useWorld(): void {
  beforeEach(async () => {
    world = await openWorkflowWorld();
  });
  afterEach(async () => {
    await world.graph.close();
  });
}

export async function create(changes: { planVersion?: number; tasks?: readonly PlanTask[] } = {}): Promise<void> {
  const command = {
    storyId: "100-42",
    installation: 11,
    repository: 100,
    planVersion: 1,
    tasks: plan,
    decidedBy: reviewer,
  } as const;
  await createTasks(world.deps, { ...command, ...changes });
}

export function ask(
  action: RequestedTaskAction,
  principal: Principal,
  changes: { taskId?: TaskId; deliveryId?: string; feedback?: string } = {},
) {
  const roles =
    principal.kind === "system" ? holding("system") : holding("developer", "architect", "qa", "product-owner");
  return transitionTask(world.deps, { taskId: first, action, principal, roles, now: world.now(), ...changes });
}

export function push(committer: Principal, sha: string, taskId: TaskId = first) {
  const authors = [principalKey(committer)];
  return recordHead(world.deps, {
    taskId,
    headSha: `sha-${sha}`,
    headTree: `tree-${sha}`,
    authors,
    committer,
    deliveryId: null,
  });
}

export function review(
  verdict: "approve" | "reject",
  sha: string,
  changes: { taskId?: TaskId; deliveryId?: string; principal?: Principal } = {},
) {
  return reviewTask(world.deps, {
    taskId: first,
    verdict,
    principal: reviewer,
    roles: holding("architect", "qa", "product-owner"),
    feedback,
    headSha: `sha-${sha}`,
    headTree: `tree-${sha}`,
    checksGreen: true,
    deliveryId: null,
    now: world.now(),
    ...changes,
  });
}

/** Takes a task to `pending-po-approval`, by people. */
export async function toApproval(taskId: TaskId): Promise<void> {
  await ask("claim-task", dev, { taskId });
  await push(dev, taskId, taskId);
  await review("approve", taskId, { taskId });
  await review("approve", taskId, { taskId });
}

export async function stateOf(taskId: TaskId = first): Promise<string | undefined> {
  return (await getTask(world.deps, taskId))?.state;
}

export async function typesOf(taskId: TaskId = first): Promise<readonly string[]> {
  return (await world.events())
    .filter((event) => event.subject.task === taskId)
    .map((event) => event.type.replace("workflow.", ""));
}
