import type { AppDeps, Delivery } from "./app-deps.ts";
import { checkRunPayload, repositoryOf } from "./payloads.ts";
import { taskOfBranch } from "./record-branch-head.ts";

/** Check runs of others: a merge that they blocked may be possible now. One of our own that is asked for again is shown again. */
export async function onCheckRun(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = checkRunPayload.parse(delivery.payload);
  const { check_run: run, action } = payload;
  const ref = repositoryOf(payload);
  const app = await deps.identityOf(ref.installation);
  if (run.app?.id === app.appId && action === "completed") return;
  const branch = run.check_suite?.head_branch;
  const byBranch = branch === null || branch === undefined ? null : await taskOfBranch(deps, ref, branch);
  const pullRequest = run.pull_requests[0]?.number;
  const byPull =
    pullRequest === undefined
      ? undefined
      : (await deps.workflow.findTasks({ repository: ref.repository, pullRequest })).at(-1);
  const task = byBranch ?? byPull;
  if (task !== undefined) await deps.write({ kind: "task", taskId: task.id });
}
