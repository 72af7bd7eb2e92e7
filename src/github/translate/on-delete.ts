import { isBotOf } from "../client/app-identity.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { branchDeletedText } from "../present/lifecycle-texts.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { repositoryOf } from "./payload-parts.ts";
import { deletePayload } from "./pull-request-payloads.ts";
import { taskOfBranch } from "./record-branch-head.ts";

/**
 * A task's branch is deleted. After the merge that is as it should be, and before the first commit nothing is lost. Else
 * the task stays where it is, because GitHub can restore the branch and a retry could not be taken back: it is said once
 * what people can do.
 */
export async function onDelete(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = deletePayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  if (payload.ref_type !== "branch" || isBotOf(await deps.identityOf(ref.installation), payload.sender)) return;
  const task = await taskOfBranch(deps, ref, payload.ref);
  if (task === null || task.merged || task.headSha === null || ["todo", "cancelled"].includes(task.state)) return;
  const octokit = await deps.octokitFor(ref.installation);
  const { owner, repo } = ref;
  const restored = await nullWhenMissing(octokit.rest.git.getRef({ owner, repo, ref: `heads/${task.branch}` }));
  const issueNumber = task.pullRequest ?? task.issueNumber;
  if (restored !== null || issueNumber === null) return;
  const text = branchDeletedText(task, payload.sender.login);
  await deps.write({ kind: "reply", ref, issueNumber, trigger: `branch-deleted-${delivery.id}`, text });
}
