import type { AgentPrincipal } from "../../kernel/principal.ts";
import { assignmentOf } from "../domain/change-task.ts";
import type { Task } from "../domain/task.ts";
import { taskTransition } from "../domain/task-machine.ts";
import type { Cause, ContinueCouncil } from "./commands.ts";
import { councilFailed } from "./council-failed.ts";
import type { CouncilPolicy, WorkflowDeps } from "./ports.ts";
import { announce } from "./task-changes.ts";
import { transitionTask } from "./transition-task.ts";

/** The member that speaks for a council which revises its work. */
const councilDeveloper: AgentPrincipal = { kind: "agent", role: "developer", number: 1 };

/**
 * Lets a council answer a rejection of its work with another round, as far as the repository's policy allows: councils
 * start by themselves, a model host is there, rounds are left. Else the task waits for a person: in its rejected state,
 * or, after the product owner's rejection, given back with the reason. The same event again changes nothing.
 */
export async function continueCouncil(deps: WorkflowDeps, command: ContinueCouncil, cause: Cause): Promise<void> {
  const task = await deps.graph.read((tx) => deps.tasks.load(tx, command.taskId));
  if (task?.assignee?.kind !== "council") {
    return;
  }
  const policy = await deps.councilPolicy(task.repository);
  if (command.rejection === "reject-story") {
    await goOnImplementing(deps, command, policy, cause);
  } else if (taskTransition("revise-code").from.includes(task.state)) {
    await revise(deps, task, command, policy, cause);
  }
}

async function revise(
  deps: WorkflowDeps,
  task: Task,
  command: ContinueCouncil,
  policy: CouncilPolicy,
  cause: Cause,
): Promise<void> {
  if (whyNot(policy, task.round + 1) !== null) {
    return;
  }
  const revision = {
    taskId: task.id,
    action: "revise-code",
    principal: councilDeveloper,
    roles: { known: true, roles: ["developer"] },
    deliveryId: command.eventId,
    now: deps.clock(),
  } as const;
  await transitionTask(deps, revision, cause);
}

/** The product owner's rejection has put the task back to `implementing` and counted the round already. */
async function goOnImplementing(
  deps: WorkflowDeps,
  command: ContinueCouncil,
  policy: CouncilPolicy,
  cause: Cause,
): Promise<void> {
  const refusal = await deps.graph.write(async (tx) => {
    const task = await deps.tasks.loadForChange(tx, command.taskId);
    if (task?.state !== "implementing" || task.assignee?.kind !== "council") {
      return null;
    }
    const why = whyNot(policy, task.round);
    if (why !== null) {
      return { why, round: task.round };
    }
    // No transition remembers this event, so the inbox does.
    if (!(await deps.firstTime(tx, command.eventId))) {
      return null;
    }
    await announce(deps, tx, task, [assignmentOf(task, task.assignee)], cause);
    return null;
  });
  deps.committed?.();
  if (refusal !== null) {
    await councilFailed(deps, { taskId: command.taskId, reason: refusal.why, round: refusal.round }, cause);
  }
}

/** Why a council does not begin this round by itself; null where it does. */
function whyNot(policy: CouncilPolicy, round: number): string | null {
  if (!policy.available) {
    return "No model host is configured.";
  }
  if (policy.start === "command") {
    return "Councils start on command in this repository.";
  }
  return round > policy.maxRounds ? `The council has used its ${policy.maxRounds} rounds.` : null;
}
