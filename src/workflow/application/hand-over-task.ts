import { permit } from "../../kernel/permission.ts";
import { system } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import { type Role, systemRoles } from "../../kernel/roles.ts";
import { decideTask } from "../domain/decide-task.ts";
import { openDependencies } from "../domain/plan-progress.ts";
import { decideInTurn } from "../domain/review.ts";
import type { Task } from "../domain/task.ts";
import { isHolder } from "../domain/task-holder.ts";
import { taskTransition } from "../domain/task-machine.ts";
import type { TaskDecision, TaskRequest } from "../domain/task-request.ts";
import type { HandOverTask } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { takeRoom } from "./story-room.ts";
import { causeOf, saveDecision, unknownTask } from "./task-changes.ts";

/** Who may say that a task goes to a council or a person: the table's `assign` is the fleet's step, asked for by them. */
export const mayHandOver: readonly Role[] = ["developer", "product-owner"];

const noModel: Refusal = {
  reason: "no-model",
  rule: "No model host is configured, so there is no council that could work on it.",
  who: [],
  next: "Claim the task yourself, or ask the operator to add a model host.",
};

/**
 * Gives a task to a council or a person, as `/assign` and `/council` ask for it (PRODUCT.md: a developer "hands it to a
 * council"). In `todo` it is assigned; its holder may hand it on; after a rejection the new holder revises it.
 */
export async function handOverTask(deps: WorkflowDeps, command: HandOverTask): Promise<TaskDecision> {
  const task = await deps.graph.read((tx) => deps.tasks.load(tx, command.taskId));
  if (task === null) {
    return unknownTask;
  }
  const policy = await deps.councilPolicy(task.repository);
  if (command.assignee.kind === "council" && !policy.available) {
    return { kind: "refused", refusal: noModel };
  }
  const [limit, lease] = await Promise.all([deps.storyLimit(task.repository), deps.sla(task.repository)]);
  const decision = await deps.graph.write(async (tx) => {
    const room = await takeRoom(deps, tx, task.storyId, limit);
    const current = await deps.tasks.loadForChange(tx, command.taskId);
    if (current === null) {
      return unknownTask;
    }
    const siblings = current.dependsOn.length === 0 ? [] : await deps.tasks.find(tx, { storyId: current.storyId });
    const facts = { openDependencies: openDependencies(current, siblings), room, now: deps.clock(), lease };
    const decided = decideHandOver(current, command, facts);
    await saveDecision(deps, tx, current, decided, { ...command, action: "assign" }, causeOf(command.deliveryId));
    return decided;
  });
  deps.committed?.();
  return decision;
}

type Facts = Required<Pick<TaskRequest, "openDependencies" | "room" | "now" | "lease">>;

function decideHandOver(task: Task, command: HandOverTask, facts: Facts): TaskDecision {
  const question = { action: "assign", by: mayHandOver, inPerson: false, personName: null };
  const permission = permit(question, command.principal, command.roles);
  if (!permission.allowed) {
    return { kind: "refused", refusal: permission.refusal };
  }
  const asked: Omit<TaskRequest, "action"> = { ...command, ...facts };
  if (taskTransition("revise-code").from.includes(task.state)) {
    return decideInTurn(task, ["revise-code"], asked);
  }
  const byFleet: Omit<TaskRequest, "action"> = { ...asked, principal: system, roles: systemRoles };
  const given = decideInTurn(task, ["assign"], byFleet);
  const handsOn = task.state === "implementing" && isHolder(task, command.principal) && given.kind === "refused";
  return handsOn ? inTwoSteps(task, asked, byFleet) : given;
}

/** The holder gives it back, and the fleet assigns it. */
function inTwoSteps(
  task: Task,
  asked: Omit<TaskRequest, "action">,
  byFleet: Omit<TaskRequest, "action">,
): TaskDecision {
  const released = decideTask(task, { ...asked, action: "release-task" });
  if (released.kind !== "moved") {
    return released;
  }
  const assigned = decideTask(released.task, { ...byFleet, action: "assign" });
  return assigned.kind !== "moved"
    ? assigned
    : {
        ...assigned,
        records: [...released.records, ...assigned.records],
        events: [...released.events, ...assigned.events],
      };
}
