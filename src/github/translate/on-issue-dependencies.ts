import { storyId } from "../../kernel/ids.ts";
import { isBotOf } from "../client/app-identity.ts";
import { amendTask } from "./amend-task.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { issueDependenciesPayload } from "./issue-payloads.ts";
import { repositoryOf } from "./payload-parts.ts";
import { refreshBlockersOf } from "./surroundings.ts";

/**
 * Blocked-by, as the blocked side tells it: a story's readiness counts its open blockers; between two tasks of one plan it
 * is the plan's `after`, which the product owner may amend. Any other link of a task's issue is people's own.
 */
export async function onIssueDependencies(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = issueDependenciesPayload.parse(delivery.payload);
  const { action, blocked_issue: blocked, blocking_issue: blocking, sender } = payload;
  const ref = repositoryOf(payload);
  if (isBotOf(await deps.identityOf(ref.installation), sender)) return;
  if ((await deps.planning.getStory(storyId(ref.repository, blocked.number))) !== null)
    return refreshBlockersOf(deps, ref, blocked.number);
  const task = (await deps.workflow.findTasks({ repository: ref.repository, issueNumber: blocked.number })).at(-1);
  if (task === undefined || payload.blocking_issue_repo?.id !== ref.repository) return;
  const plan = (await deps.workflow.findTasks({ storyId: task.storyId })).filter(
    (other) => other.planVersion === task.planVersion,
  );
  const before = plan.find((other) => other.issueNumber === blocking.number);
  if (before === undefined || task.state === "cancelled" || task.merged) return;
  const others = task.dependsOn.filter((number) => number !== before.number);
  const dependsOn = action === "blocked_by_added" ? [...others, before.number] : others;
  const trigger = {
    deliveryId: delivery.id,
    id: delivery.id,
    ref,
    issueNumber: blocked.number,
    comment: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: await deps.rolesOf(ref, sender),
    asked: action === "blocked_by_added" ? "new dependency" : "removing a dependency",
    at: blocked.updated_at,
  } as const;
  await amendTask(deps, task, { dependsOn }, trigger);
  await deps.write({ kind: "task-issue", taskId: task.id });
}
