import { repositoryOf, storyOf } from "../../kernel/ids.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { decideTask } from "../domain/decide-task.ts";
import { beginsLease } from "../domain/lease.ts";
import { awaitedCode, type OpenDependency, openDependencies } from "../domain/plan-progress.ts";
import type { Task } from "../domain/task.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { Cause, TransitionTask } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { takeRoom } from "./story-room.ts";
import { causeOf, saveDecision, unknownTask } from "./task-changes.ts";

/**
 * Decides a request on a task and saves what follows from it, in one transaction: the move and its routing, their
 * records and events; for a refusal that is about who asked, `access.denied`. Whether its dependencies are done is
 * looked up here unless the command says so; whether its story has a place to begin, always.
 */
export async function transitionTask(
  deps: WorkflowDeps,
  command: TransitionTask,
  cause: Cause | null = causeOf(command.deliveryId),
): Promise<TaskDecision> {
  // Asked for before the transaction: it may read GitHub.
  const repository = repositoryOf(command.taskId);
  const lasting = beginsLease(command.action) ? { ...command, lease: await deps.sla(repository) } : command;
  const limit = beginsWork(command) ? await deps.storyLimit(repository) : null;
  const decision = await deps.graph.write(async (tx) => {
    const room = limit === null ? null : await takeRoom(deps, tx, storyOf(command.taskId), limit);
    return transitionIn(deps, tx, { ...lasting, room }, cause);
  });
  deps.committed?.();
  return decision;
}

/** The same in the caller's transaction; a command that makes somebody hold the task brings the `lease`. */
export async function transitionIn(
  deps: WorkflowDeps,
  tx: Transaction,
  command: TransitionTask,
  cause: Cause | null,
): Promise<TaskDecision> {
  const task = await deps.tasks.loadForChange(tx, command.taskId);
  if (task === null) {
    return unknownTask;
  }
  const open = command.openDependencies ?? (await dependenciesOf(deps, tx, task, command));
  const awaits = await awaitsOf(deps, tx, task);
  const decision = decideTask(task, { ...command, openDependencies: open, awaits });
  await saveDecision(deps, tx, task, decision, command, cause);
  return decision;
}

/** The tasks that have yet to bring the code of a task's tests; asked for only of tasks that write tests. */
export async function awaitsOf(deps: WorkflowDeps, tx: Transaction, task: Task): Promise<readonly number[]> {
  return task.type === "test" ? awaitedCode(task, await deps.tasks.find(tx, { storyId: task.storyId })) : [];
}

async function dependenciesOf(
  deps: WorkflowDeps,
  tx: Transaction,
  task: Task,
  command: TransitionTask,
): Promise<readonly OpenDependency[]> {
  if (!beginsWork(command) || task.dependsOn.length === 0) {
    return [];
  }
  return openDependencies(task, await deps.tasks.find(tx, { storyId: task.storyId }));
}

/** Whether somebody would begin to work on a task that is free: its dependencies matter then, and its story's place. */
function beginsWork({ action }: TransitionTask): boolean {
  return action === "claim-task" || action === "assign";
}
