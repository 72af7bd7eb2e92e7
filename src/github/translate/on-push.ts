import { configurationPath } from "../configuration/repository-configuration.ts";
import { rolesChanged } from "../roles/roles-changed.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { repositoryOf } from "./payload-parts.ts";
import { type PushPayload, pushPayload } from "./pull-request-payloads.ts";
import { recordBranchHead, taskOfBranch } from "./record-branch-head.ts";

/** Pushes: the head of a task's branch, and a changed `.github/fleet.yml` on the default branch. */
export async function onPush(deps: AppDeps, delivery: Delivery): Promise<void> {
  const push = pushPayload.parse(delivery.payload);
  const ref = repositoryOf(push);
  const branch = push.ref.replace(/^refs\/heads\//, "");
  if (push.deleted === true || noCommit.test(push.after) || branch === push.ref) return;
  if (branch === push.repository.default_branch) {
    if (!touchesConfiguration(push)) return;
    deps.configurations.invalidate(ref.repository);
    // Read at once, so that a good file is kept as the last good one before the next one breaks.
    await deps.configurations.of(ref);
    await deps.write({ kind: "settings", ref });
    await deps.workflow.limitsChanged(ref, delivery.id);
    // Who decides about the tests may be another now.
    for (const { id } of await deps.workflow.findTasks({ repository: ref.repository, states: ["pending-qa"] }))
      await deps.write({ kind: "task", taskId: id });
    await rolesChanged(deps, { repository: ref.repository }, delivery.id);
    return;
  }
  const task = await taskOfBranch(deps, ref, branch);
  if (task !== null) {
    await deps.workflow.renewLease(task.id, { kind: "human", id: push.sender.id, login: push.sender.login });
  }
  // A branch that was only created holds nobody's work yet.
  if (task === null || (push.created === true && push.commits.length === 0)) return;
  await recordBranchHead(deps, ref, task, {
    branch,
    sha: push.after,
    base: push.repository.default_branch,
    pusher: push.sender,
    deliveryId: delivery.id,
  });
}

/** What `after` holds when the branch is gone. */
const noCommit = /^0+$/;

/** A push without a list of commits (a forced one) may have touched it. */
function touchesConfiguration(push: PushPayload): boolean {
  if (push.commits.length === 0) return true;
  return push.commits.some((commit) =>
    [...commit.added, ...commit.modified, ...commit.removed].includes(configurationPath),
  );
}
