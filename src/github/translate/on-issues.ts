import { storyId } from "../../kernel/ids.ts";
import type { Story } from "../../planning/domain/story.ts";
import { isBotOf } from "../client/app-identity.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { isStoryFormText } from "../issue-forms/issue-form.ts";
import { carriesStoryLabel } from "../present/read-label.ts";
import { isAttentionIssue } from "../write/ensure-attention.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { onStoryIssueChange, onTaskIssueChange, refreshBlocked } from "./issue-changes.ts";
import { type IssuePayload, type IssuesPayload, issueFactsOf, issuesPayload } from "./issue-payloads.ts";
import { type LabelEvent, labelEventOf } from "./label-event.ts";
import { movedAsRecalled, onStoryLabel } from "./on-story-label.ts";
import { onStrayLabel } from "./on-stray-label.ts";
import { onTaskLabel } from "./on-task-label.ts";
import { taskOfOwnIssue } from "./own-task-issue.ts";
import { repositoryOf } from "./payload-parts.ts";
import { recordKnown } from "./record-story.ts";
import { assignMilestone, assignParent, recordMilestone, refreshParentOf } from "./surroundings.ts";
import type { Trigger } from "./trigger.ts";
import { deriveFromText } from "./typed-plan.ts";

/**
 * Issues: an issue with `fleet:story`, or of the story form, is a story; a state label set by a person asks for the
 * transition to that state; closing as not planned asks to cancel. Acts on `event.label`, never on the list: GitHub sends
 * one delivery a label, also for those that an issue is opened with.
 */
export async function onIssues(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = issuesPayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  const { issue, action } = payload;
  // Whoever closes it: a story that the fleet closes may be what another one waits for.
  if (action === "closed" || action === "reopened") await refreshBlocked(deps, ref, issue);
  if (isBotOf(await deps.identityOf(ref.installation), payload.sender)) return;
  // What is assigned to whom says nothing of a story; of an epic it says who sees its stories.
  if (action === "assigned" || action === "unassigned") {
    await assignParent(deps, delivery.id, ref, issue);
    return;
  }
  const trigger = (asked: string) => triggerOf(deps, delivery.id, ref, issue, payload.sender, asked);
  const label = labelEventOf(payload, {
    deliveryId: delivery.id,
    ref,
    number: issue.number,
    isPull: false,
    labels: issue.labels,
    at: issue.updated_at,
  });
  const recalled = deps.planning.recallStory(storyId(ref.repository, issue.number));
  if (recalled !== null && label !== null && (await movedAsRecalled(deps, label, recalled, issue))) return;
  const recorded =
    recalled !== null && action === "edited" ? await recordRecalled(deps, recalled, payload, delivery.id) : null;
  const known = recorded ?? (await deps.planning.getStory(storyId(ref.repository, issue.number)));
  if (known === null) {
    const [linked] = await deps.workflow.findTasks({ repository: ref.repository, issueNumber: issue.number });
    const task = linked ?? (await taskOfOwnIssue(deps, ref, issue));
    if (task !== null) {
      if (label !== null) await onTaskLabel(deps, label, task);
      else await onTaskIssueChange(deps, task, payload, trigger);
      return;
    }
    if (action === "deleted" || action === "transferred") return;
  }
  if (label !== null) return onIssueLabel(deps, label, known, issue);
  const story =
    recorded ??
    (await recordKnown(deps, delivery.id, ref, issue, known, action === "edited")) ??
    (action === "opened" ? await recordForm(deps, delivery.id, ref, issue) : null);
  if (story === null) return;
  if (known === null && issue.parent_issue_url != null) await refreshParentOf(deps, ref, issue.number);
  if (action === "milestoned" || action === "demilestoned") await recordMilestone(deps, story, issue);
  if (known === null || action === "milestoned") await assignMilestone(deps, delivery.id, ref, issue);
  if (action === "edited" && story.state === "ready-for-planning")
    await deriveFromText(deps, await trigger("edit"), story.id);
  await onStoryIssueChange(deps, story, payload, trigger);
}

/** A label on an issue that is a story, or becomes one by it, or is nothing of ours. */
async function onIssueLabel(deps: AppDeps, label: LabelEvent, known: Story | null, issue: IssuePayload): Promise<void> {
  if (known !== null) return onStoryLabel(deps, label, known, issue);
  const isStory = carriesStoryLabel(issue.labels);
  if (!isStory) {
    const isAttention = isAttentionIssue(issue, await deps.identityOf(label.ref.installation));
    if ((await onStrayLabel(deps, label, isAttention)) === "handled") return;
  }
  const story = await deps.planning.recordIssue(issueFactsOf(label.ref, issue, label.deliveryId));
  if (issue.parent_issue_url != null) await refreshParentOf(deps, label.ref, issue.number);
  await assignMilestone(deps, label.deliveryId, label.ref, issue);
  return onStoryLabel(deps, label, story, issue);
}

/** An issue that the story form made and GitHub left without its label is a story all the same; its label is put on. */
async function recordForm(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
): Promise<Story | null> {
  return isStoryFormText(issue.body ?? "") ? deps.planning.recordIssue(issueFactsOf(ref, issue, deliveryId)) : null;
}

/** What an edit says, recorded on the story as it is remembered; null where the story must be read first. */
function recordRecalled(
  deps: AppDeps,
  story: Story,
  { issue, installation, repository }: IssuesPayload,
  deliveryId: string,
): Promise<Story | null> {
  const ref = repositoryOf({ installation, repository });
  return deps.planning.recordRemembered(issueFactsOf(ref, issue, deliveryId), story);
}

async function triggerOf(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  sender: { id: number; login: string },
  asked: string,
): Promise<Trigger> {
  return {
    deliveryId,
    id: deliveryId,
    ref,
    issueNumber: issue.number,
    comment: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: await deps.rolesOf(ref, sender),
    asked,
    at: issue.updated_at,
  };
}
