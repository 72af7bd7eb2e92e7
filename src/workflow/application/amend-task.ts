import type { TaskId } from "../../kernel/ids.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import { type AmendDecision, type Amendment, decideAmendment } from "../domain/amend-task.ts";
import { assignReady } from "./assign-ready.ts";
import type { WorkflowDeps } from "./ports.ts";
import { causeOf, saveDecision, unknownTask } from "./task-changes.ts";

/** A change of a task's title or dependencies that somebody made on its issue. */
export type AmendTask = {
  readonly taskId: TaskId;
  readonly amendment: Amendment;
  readonly principal: Principal;
  readonly roles: RoleAnswer;
  readonly deliveryId: string | null;
};

/** Decides an amendment and saves it, and assigns what is ready by that; for a refusal that is about who asked, `access.denied`. */
export async function amendTask(deps: WorkflowDeps, command: AmendTask): Promise<AmendDecision> {
  const decision = await deps.graph.write(async (tx): Promise<AmendDecision> => {
    const known = await deps.tasks.load(tx, command.taskId);
    const all = known === null ? [] : await deps.tasks.findForChange(tx, known.storyId);
    const task = all.find((candidate) => candidate.id === command.taskId);
    if (task === undefined) {
      return unknownTask.kind === "refused" ? unknownTask : { kind: "unchanged" };
    }
    const siblings = all.filter((other) => other.planVersion === task.planVersion);
    const made = decideAmendment(task, siblings, command.amendment, command.principal, command.roles);
    if (made.kind === "moved") {
      await deps.tasks.save(tx, task, made.task, []);
    } else if (made.kind === "refused") {
      await saveDecision(deps, tx, task, made, { ...command, action: "amend-task" }, causeOf(command.deliveryId));
    }
    return made;
  });
  deps.committed?.();
  // A task that has lost a dependency may be ready now.
  if (decision.kind === "moved") await assignReady(deps, decision.task.storyId, causeOf(command.deliveryId));
  return decision;
}
