import { areWrittenFirst } from "../../workflow/domain/plan-progress.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf } from "../client/app-identity.ts";
import { forkText } from "../present/lifecycle-texts.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { labelEventOf } from "./label-event.ts";
import { onStrayLabel } from "./on-stray-label.ts";
import { onTaskLabel } from "./on-task-label.ts";
import { repositoryOf } from "./payload-parts.ts";
import { onPullRequestChange } from "./pull-request-changes.ts";
import { pullRequestPayload } from "./pull-request-payloads.ts";
import { recordBranchHead, taskOfBranch } from "./record-branch-head.ts";

/** Pull requests of task branches: linked, followed, labelled, merged. Those from forks are nobody's task. */
export async function onPullRequest(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = pullRequestPayload.parse(delivery.payload);
  const { pull_request: pull, action, sender } = payload;
  const ref = repositoryOf(payload);
  const isBot = isBotOf(await deps.identityOf(ref.installation), sender);
  // What the fleet itself pushes never touches the file: its policy forbids it.
  if (!isBot && (action === "opened" || action === "reopened" || action === "synchronize"))
    await deps.write({ kind: "settings-review", ref, pullNumber: pull.number });
  // Null: a fork that is gone. Left out, which GitHub never does: the repository's own branch.
  const isFork = pull.head.repo !== undefined && pull.head.repo?.id !== ref.repository;
  const named = await taskOfBranch(deps, ref, pull.head.ref);
  const task = isFork ? null : named;
  if (isFork && named !== null && action === "opened")
    await deps.write({
      kind: "reply",
      ref,
      issueNumber: pull.number,
      trigger: `fork-${pull.number}`,
      text: forkText(named, sender.login),
    });
  const label = labelEventOf(payload, {
    deliveryId: delivery.id,
    ref,
    number: pull.number,
    isPull: true,
    labels: pull.labels,
    at: pull.updated_at,
  });
  if (label !== null && !isBot) {
    if (task === null) await onStrayLabel(deps, label, false);
    else await onTaskLabel(deps, label, task);
  }
  if (task === null) return;
  if (!isBot && (await onPullRequestChange(deps, delivery, task))) return;
  switch (action) {
    case "opened":
    case "reopened":
    case "synchronize": {
      if (task.pullRequest !== pull.number) await deps.workflow.linkTask({ taskId: task.id, pullRequest: pull.number });
      if (isBot) return;
      const head = {
        branch: pull.head.ref,
        sha: pull.head.sha,
        base: payload.repository.default_branch,
        pusher: sender,
        deliveryId: delivery.id,
      };
      await recordBranchHead(deps, ref, task, head);
      await deps.write({ kind: "task", taskId: task.id });
      return;
    }
    case "closed":
      return closed(deps, task, pull.merged === true ? (pull.merge_commit_sha ?? pull.head.sha) : null);
  }
}

async function closed(deps: AppDeps, task: Task, mergeSha: string | null): Promise<void> {
  if (mergeSha !== null) await deps.workflow.recordMerge({ taskId: task.id, mergeSha });
  const plan = mergeSha === null ? [] : await deps.workflow.findTasks({ storyId: task.storyId });
  const waiting = plan.filter((other) => !other.merged && areWrittenFirst(other, plan) === "code-merged");
  for (const { id } of [task, ...waiting]) await deps.write({ kind: "task", taskId: id });
}
