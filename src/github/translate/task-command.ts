import { availableTaskActions } from "../../workflow/domain/available-task-actions.ts";
import { explainTask } from "../../workflow/domain/explain-task.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { type RequestedTaskAction, taskRows } from "../../workflow/domain/task-machine.ts";
import type { TaskFacts } from "../../workflow/domain/task-request.ts";
import type { Command } from "../commands/parse-commands.ts";
import { taskStateLabel } from "../present/label-set.ts";
import { helpText, whyText } from "../present/replies.ts";
import { taskStatusReply } from "../present/status-reply.ts";
import type { AppDeps } from "./app-deps.ts";
import { wasHandled } from "./move-story.ts";
import { areChecksGreen, headOf, nothingToDecide } from "./review-facts.ts";
import { refuseCouncil } from "./story-command.ts";
import { done, outcomeOf, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

/** What `/claim` means in a state: the task, its review, its tests, or the rework. */
const claims: readonly RequestedTaskAction[] = ["claim-task", "claim-review", "claim-testing", "revise-code"];

/** Runs a command that was written on a task's pull request or sub-issue. */
export async function runTaskCommand(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  command: Command,
): Promise<TriggerOutcome> {
  if (wasHandled(task, trigger.deliveryId)) return done;
  switch (command.name) {
    case "approve":
      return judge(deps, trigger, task, "approve", command.argument);
    case "reject":
      return judge(deps, trigger, task, "reject", command.argument);
    case "claim": {
      const row = taskRows.find((each) => claims.includes(each.action) && each.from.includes(task.state));
      return row === undefined ? nothingToDecide("task", task.state) : moveTask(deps, trigger, task, row.action);
    }
    case "council":
      return handToCouncil(deps, trigger, task);
    case "submit":
      return refused({
        reason: "unknown-story",
        rule: "/submit is for a story; this is a task.",
        who: [],
        next: `Hand a task in by pushing to its branch ${task.branch}.`,
      });
    case "status":
      return { kind: "answered", text: taskStatusReply(task) };
    case "why":
      return { kind: "answered", text: await why(deps, task) };
    case "help":
      return { kind: "answered", text: await help(deps, trigger, task) };
  }
}

/** Asks workflow for one action, with everything that its guards look at. */
export async function moveTask(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  action: RequestedTaskAction,
  feedback?: string,
): Promise<TriggerOutcome> {
  const decision = await deps.workflow.transitionTask({
    taskId: task.id,
    action,
    principal: trigger.principal,
    roles: trigger.roles,
    deliveryId: trigger.deliveryId,
    now: deps.clock(),
    ...headOf(task),
    checksGreen: await checksOf(deps, task),
    ...(feedback === undefined ? {} : { feedback }),
    ...(action === "revise-code" || action === "claim-task"
      ? { assignee: { kind: "person", principal: trigger.principal } }
      : {}),
  });
  return outcomeOf(decision);
}

async function checksOf(deps: AppDeps, task: Task): Promise<boolean> {
  if (task.headSha === null) return false;
  return areChecksGreen(await deps.octokitFor(task.installation), task, task.headSha);
}

async function judge(
  deps: AppDeps,
  trigger: Trigger,
  task: Task,
  verdict: "approve" | "reject",
  feedback: string,
): Promise<TriggerOutcome> {
  const decision = await deps.workflow.reviewTask({
    taskId: task.id,
    verdict,
    principal: trigger.principal,
    roles: trigger.roles,
    feedback,
    ...headOf(task),
    checksGreen: await checksOf(deps, task),
    deliveryId: trigger.deliveryId,
    now: deps.clock(),
  });
  return outcomeOf(decision);
}

async function handToCouncil(deps: AppDeps, trigger: Trigger, task: Task): Promise<TriggerOutcome> {
  const refusal = await refuseCouncil(deps, trigger);
  if (refusal !== null) return refusal;
  const decision = await deps.workflow.handOverTask({
    taskId: task.id,
    assignee: { kind: "council" },
    principal: trigger.principal,
    roles: trigger.roles,
    deliveryId: trigger.deliveryId,
  });
  return outcomeOf(decision);
}

async function factsOf(deps: AppDeps, task: Task): Promise<TaskFacts> {
  const siblings = await deps.workflow.findTasks({ storyId: task.storyId });
  const before = siblings.filter(
    (other) => other.planVersion === task.planVersion && task.dependsOn.includes(other.number),
  );
  const dependenciesDone = before.every((other) => other.state === "done" && other.merged);
  return { now: deps.clock(), checksGreen: await checksOf(deps, task), dependenciesDone };
}

async function help(deps: AppDeps, trigger: Trigger, task: Task): Promise<string> {
  const { principal, roles } = trigger;
  const actions = availableTaskActions(task, principal, roles, await factsOf(deps, task));
  const shown = actions.map((action) => ({
    ...action,
    label: action.needsFeedback ? null : taskStateLabel(action.to),
  }));
  return helpText(principal.login, roles, "task", task.state, shown);
}

async function why(deps: AppDeps, task: Task): Promise<string> {
  const explanation = explainTask(task, await factsOf(deps, task));
  const guards = explanation.steps.flatMap((step) =>
    step.guard === null ? [] : [`${step.action}: ${step.guard.rule} ${step.guard.next}`],
  );
  const gaveUp = task.councilGaveUp === null ? [] : [`The council gave up: ${task.councilGaveUp}`];
  return whyText(task.state, await deps.workflow.taskHistory(task.id), [...gaveUp, ...guards]);
}
