import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { TaskDecision } from "../domain/task-request.ts";
import type { PassTests } from "./commands.ts";
import type { WorkflowDeps } from "./ports.ts";
import { transitionTask } from "./transition-task.ts";

/**
 * The required checks of a commit are green, in a repository that leaves the tests to them: approves the tests in the
 * fleet's own name. The same again, and for a commit that is the head no longer, changes nothing.
 */
export function passTests(deps: WorkflowDeps, { taskId, headSha, standing }: PassTests): Promise<TaskDecision> {
  return transitionTask(deps, {
    taskId,
    action: "pass-tests",
    principal: system,
    roles: systemRoles,
    headSha,
    checksSay: { passed: true, standing },
    deliveryId: null,
    now: deps.clock(),
  });
}
