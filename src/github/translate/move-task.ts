import type { TaskState } from "../../kernel/states.ts";
import type { Verdict } from "../../workflow/domain/review.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { type RequestedTaskAction, taskRows } from "../../workflow/domain/task-machine.ts";
import { areGreen, type Checks, readChecks } from "../write/read-checks.ts";
import type { AppDeps } from "./app-deps.ts";
import { headOf } from "./review-facts.ts";
import { outcomeOf, type Trigger, type TriggerOutcome } from "./trigger.ts";

/** Where the required checks matter: at qa's gate, and on the way into it, since a review claims and decides at once. */
const atTesting: readonly TaskState[] = taskRows
  .filter((row) => row.action === "claim-testing" || row.guard === "checks-green")
  .flatMap((row) => row.from);

/** The action that a task's state label asks for: the first row that people may take from here to there. */
export function taskActionToward(from: TaskState, to: TaskState): RequestedTaskAction | null {
  const row = taskRows.find(
    (each) => each.to === to && each.from.includes(from) && each.by.some((actor) => actor !== "system"),
  );
  return row?.action ?? null;
}

/** Asks workflow for one action, with everything that its guards look at. Who claims or revises becomes its holder. */
export async function moveTask(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  action: RequestedTaskAction,
  feedback?: string,
  { keepsHolder = false }: { readonly keepsHolder?: boolean } = {},
): Promise<TriggerOutcome> {
  const takes = action === "claim-task" || (action === "revise-code" && !keepsHolder);
  const decision = await deps.workflow.transitionTask({
    taskId: task.id,
    action,
    principal: trigger.principal,
    roles: trigger.roles,
    deliveryId: trigger.deliveryId,
    now: deps.clock(),
    ...headOf(task),
    checksGreen: await checksGreenOn(deps, task),
    ...(feedback === undefined ? {} : { feedback }),
    ...(takes ? { assignee: { kind: "person", principal: trigger.principal } } : {}),
  });
  return outcomeOf(decision);
}

/** Takes a verdict at the gate that is open now, on the head that the graph knows. */
export async function judgeTask(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  verdict: Verdict,
  feedback: string,
): Promise<TriggerOutcome> {
  const decision = await deps.workflow.reviewTask({
    taskId: task.id,
    verdict,
    principal: trigger.principal,
    roles: trigger.roles,
    feedback,
    ...headOf(task),
    checksGreen: await checksGreenOn(deps, task),
    deliveryId: trigger.deliveryId,
    now: deps.clock(),
  });
  return outcomeOf(decision);
}

/** The checks of the task's head; null where no gate looks at them. Only qa's does, so GitHub is asked only there. */
export async function checksOf(deps: AppDeps, task: Task): Promise<Checks | null> {
  if (task.headSha === null || !atTesting.includes(task.state)) return null;
  return readChecks(await deps.octokitFor(task.installation), task, task.headSha);
}

async function checksGreenOn(deps: AppDeps, task: Task): Promise<boolean> {
  const checks = await checksOf(deps, task);
  return checks !== null && areGreen(checks);
}
