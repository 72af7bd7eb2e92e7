import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf } from "../client/app-identity.ts";
import { statePrefixes } from "../present/label-set.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { onTaskLabel } from "./on-issues.ts";
import { pullRequestPayload, repositoryOf } from "./payloads.ts";
import { onPullRequestChange } from "./pull-request-changes.ts";
import { recordBranchHead, taskOfBranch } from "./record-branch-head.ts";

/** Pull requests of task branches: linked, followed, labelled, merged. Those from forks are nobody's task. */
export async function onPullRequest(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = pullRequestPayload.parse(delivery.payload);
  const { pull_request: pull, action, sender } = payload;
  const ref = repositoryOf(payload);
  const isPush = action === "opened" || action === "reopened" || action === "synchronize";
  // What the fleet itself pushes never touches the file: its policy forbids it.
  if (isPush && !isBotOf(await deps.identityOf(ref.installation), sender))
    await deps.write({ kind: "settings-review", ref, pullNumber: pull.number });
  // Null: a fork that is gone. Left out, which GitHub never does: the repository's own branch.
  if (pull.head.repo !== undefined && pull.head.repo?.id !== ref.repository) return;
  const task = await taskOfBranch(deps, ref, pull.head.ref);
  if (task === null) return;
  const isBot = isBotOf(await deps.identityOf(ref.installation), sender);
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
        commits: [pull.head.sha],
        pusher: sender,
        deliveryId: delivery.id,
      };
      await recordBranchHead(deps, ref, task, head);
      await deps.write({ kind: "task", taskId: task.id });
      return;
    }
    case "closed":
      return closed(deps, task, pull.merged === true ? (pull.merge_commit_sha ?? pull.head.sha) : null);
    case "labeled":
    case "unlabeled": {
      const label = payload.label?.name;
      if (isBot || label === undefined || !label.startsWith(statePrefixes.task)) return;
      if (action === "unlabeled") return deps.write({ kind: "task", taskId: task.id });
      return onTaskLabel(deps, task, label, async (asked) => ({
        deliveryId: delivery.id,
        id: delivery.id,
        ref,
        issueNumber: pull.number,
        commentId: null,
        principal: { kind: "human", id: sender.id, login: sender.login },
        roles: await deps.rolesOf(ref, sender),
        asked,
        at: pull.updated_at,
      }));
    }
  }
}

async function closed(deps: AppDeps, task: Task, mergeSha: string | null): Promise<void> {
  if (mergeSha !== null) await deps.workflow.recordMerge({ taskId: task.id, mergeSha });
  await deps.write({ kind: "task", taskId: task.id });
}
