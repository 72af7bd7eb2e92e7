import type { Task } from "../../workflow/domain/task.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { mergedEarlyText, mergedElsewhereText, pullRequestClosedText } from "../present/lifecycle-texts.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { repositoryOf } from "./payload-parts.ts";
import { pullRequestPayload } from "./pull-request-payloads.ts";
import { conclude, refused } from "./trigger.ts";

/**
 * What people do to a task's pull request beside pushing, labelling and reviewing: closed without a merge, merged before
 * the gates or into another branch, another base, made a draft and ready again. None of it moves the task: facts are
 * recorded, what stands in the way is put back or said once.
 *
 * @returns true where the delivery is dealt with and must not be taken for a merge.
 */
export async function onPullRequestChange(deps: AppDeps, delivery: Delivery, task: Task): Promise<boolean> {
  const payload = pullRequestPayload.parse(delivery.payload);
  const { action, pull_request: pull, sender } = payload;
  const ref = repositoryOf(payload);
  const say = (on: number, trigger: string, text: string) =>
    deps.write({ kind: "reply", ref, issueNumber: on, trigger, text });
  const isOver = task.merged || task.state === "cancelled";
  const base = pull.base?.ref ?? payload.repository.default_branch;
  const isElsewhere = base !== payload.repository.default_branch;
  if (action === "closed" && pull.merged === true) {
    if (isElsewhere) {
      const text = mergedElsewhereText(task, base ?? "", payload.repository.default_branch ?? "", sender.login);
      await say(pull.number, `merged-elsewhere-${delivery.id}`, text);
      return true;
    }
    if (isOver || task.state === "done") return false;
    const text = mergedEarlyText(task, sender.login);
    await say(pull.number, `merged-early-${task.id}`, text);
    await say(task.storyIssue, `merged-early-${task.id}-story`, text);
    return false;
  }
  if (isOver) return false;
  if (action === "closed" && (await hasBranch(deps, ref, task)))
    await say(pull.number, `pull-closed-${delivery.id}`, pullRequestClosedText(task, sender.login));
  if (action === "edited" && payload.changes?.base != null && isElsewhere) await putBaseBack(deps, delivery, task);
  if (action === "converted_to_draft" || action === "ready_for_review")
    await deps.write({ kind: "task", taskId: task.id });
  return false;
}

/** GitHub closes the pull request of a branch that is deleted; that is said where the branch is. */
async function hasBranch(deps: AppDeps, ref: RepositoryRef, task: Task): Promise<boolean> {
  const octokit = await deps.octokitFor(ref.installation);
  const { owner, repo } = ref;
  return (await nullWhenMissing(octokit.rest.git.getRef({ owner, repo, ref: `heads/${task.branch}` }))) !== null;
}

async function putBaseBack(deps: AppDeps, delivery: Delivery, task: Task): Promise<void> {
  const payload = pullRequestPayload.parse(delivery.payload);
  const { pull_request: pull, sender } = payload;
  const trigger = {
    deliveryId: delivery.id,
    id: delivery.id,
    ref: repositoryOf(payload),
    issueNumber: pull.number,
    comment: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: { known: true, roles: [] },
    asked: `base ${pull.base?.ref ?? ""}`,
    at: pull.updated_at,
  } as const;
  const outcome = refused({
    reason: "not-by-hand",
    rule: `A task is merged into ${payload.repository.default_branch ?? "the default branch"}: only there do the tasks after it find it, and the story ends.`,
    who: [],
    next: "The base is put back. Work that builds on another branch waits for that branch's merge.",
  });
  await conclude(deps, trigger, { taskId: task.id }, outcome);
  await deps.write({ kind: "pull-request-base", taskId: task.id });
}
