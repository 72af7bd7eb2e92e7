import { storyId } from "../../kernel/ids.ts";
import { type StoryState, storyStates, type TaskState, taskStates } from "../../kernel/states.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { StoryAction } from "../../planning/domain/story-machine.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { isBotOf } from "../client/app-identity.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { statePrefixes, storyLabel } from "../present/label-set.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { type MakeTrigger, onStoryIssueChange, onTaskIssueChange, refreshBlocked } from "./issue-changes.ts";
import { actionToward, moveRemembered, moveStory, wasHandled } from "./move-story.ts";
import { moveTask, taskActionToward } from "./move-task.ts";
import { type IssuePayload, type IssuesPayload, issueFactsOf, issuesPayload, repositoryOf } from "./payloads.ts";
import { nothingToDecide } from "./review-facts.ts";
import { recordMilestone, refreshParentOf } from "./surroundings.ts";
import { conclude, done, refused, type Trigger } from "./trigger.ts";
import { deriveFromText } from "./typed-plan.ts";

/**
 * Issues: an issue with `fleet:story` is a story; a state label set by a person asks for the transition to that state;
 * closing as not planned asks to cancel. Acts on `event.label`, never on the list: GitHub sends one delivery a label.
 */
export async function onIssues(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = issuesPayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  const { issue, action } = payload;
  // Whoever closes it: a story that the fleet closes may be what another one waits for.
  if (action === "closed" || action === "reopened") await refreshBlocked(deps, ref, issue);
  if (isBotOf(await deps.identityOf(ref.installation), payload.sender)) return;
  const trigger = (asked: string) => triggerOf(deps, delivery.id, ref, issue, payload.sender, asked);
  const recalled = deps.planning.recallStory(storyId(ref.repository, issue.number));
  if (
    recalled !== null &&
    action === "labeled" &&
    (await movedAsRecalled(deps, recalled, payload, delivery.id, trigger))
  )
    return;
  const recorded =
    recalled !== null && action === "edited" ? await recordRecalled(deps, recalled, payload, delivery.id) : null;
  const known = recorded ?? (await deps.planning.getStory(storyId(ref.repository, issue.number)));
  if (known === null) {
    const [task] = await deps.workflow.findTasks({ repository: ref.repository, issueNumber: issue.number });
    if (task !== undefined) {
      await onTaskIssueLabel(deps, task, action, payload.label?.name, trigger);
      await onTaskIssueChange(deps, task, payload, trigger);
      return;
    }
    if (action === "deleted" || action === "transferred") return;
  }
  const asked = known !== null && action === "labeled" ? askedMove(known, payload.label?.name) : null;
  if (known !== null && asked !== null && !wasHandled(known, delivery.id)) {
    await moveByLabel(deps, known, asked, issue, await trigger(`label ${payload.label?.name}`));
    return;
  }
  const story = recorded ?? (await recordKnown(deps, delivery.id, ref, issue, known, action === "edited"));
  if (story === null) return;
  if (known === null && issue.parent_issue_url != null) await refreshParentOf(deps, ref, issue.number);
  if (action === "milestoned" || action === "demilestoned") await recordMilestone(deps, story, issue);
  if (action === "labeled" && payload.label) await onStoryLabel(deps, story, payload.label.name, issue, trigger);
  if (action === "unlabeled" && payload.label?.name.startsWith(statePrefixes.story))
    await deps.write({ kind: "story", storyId: story.id });
  if (action === "edited" && story.state === "ready-for-planning")
    await deriveFromText(deps, await trigger("edit"), story.id);
  await onStoryIssueChange(deps, story, payload, trigger);
}

/**
 * The story of an issue; null when it is none. Recorded when it is new and carries `fleet:story`; recorded again when
 * the payload says something newer. GitHub's times have whole seconds: of two payloads of one second only that of an
 * edit counts, so that a comment that overtakes the edit cannot bring the old text back.
 */
export async function recordStory(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  isEdit: boolean,
): Promise<Story | null> {
  const known = await deps.planning.getStory(storyId(ref.repository, issue.number));
  return recordKnown(deps, deliveryId, ref, issue, known, isEdit);
}

async function recordKnown(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issue: IssuePayload,
  known: Story | null,
  isEdit: boolean,
): Promise<Story | null> {
  if (known === null && !issue.labels.some((label) => label.name === storyLabel)) return null;
  if (known !== null && !isEdit && !isNewer(issue, known)) return known;
  return deps.planning.recordIssue(issueFactsOf(ref, issue, deliveryId), known);
}

function isNewer(issue: IssuePayload, known: Story): boolean {
  return Date.parse(issue.updated_at) > Date.parse(known.issueUpdatedAt);
}

/** The action that a label asks for; null where it asks for none, or for one that is not possible now. */
function askedMove(story: Story, label: string | undefined): StoryAction | null {
  if (!label?.startsWith(statePrefixes.story)) return null;
  const wanted = label.slice(statePrefixes.story.length);
  return isStoryState(wanted) && wanted !== story.state ? actionToward(story.state, wanted) : null;
}

/** Records what the payload says of the issue and decides the move, in one transaction. */
async function moveByLabel(
  deps: AppDeps,
  story: Story,
  action: StoryAction,
  issue: IssuePayload,
  trigger: Trigger,
): Promise<void> {
  const facts = isNewer(issue, story) ? issueFactsOf(trigger.ref, issue, trigger.deliveryId) : null;
  const shown = { title: issue.title, body: issue.body ?? "" };
  const outcome = await moveStory(deps, trigger, story, action, { shown, facts });
  await conclude(deps, trigger, { storyId: story.id }, outcome);
}

/** The move that a label asks for, on the story as it is remembered; false where the story must be read first. */
async function movedAsRecalled(
  deps: AppDeps,
  story: Story,
  { issue, label, installation, repository }: IssuesPayload,
  deliveryId: string,
  makeTrigger: MakeTrigger,
): Promise<boolean> {
  const action = askedMove(story, label?.name);
  if (action === null || wasHandled(story, deliveryId)) return false;
  const trigger = await makeTrigger(`label ${label?.name}`);
  const ref = repositoryOf({ installation, repository });
  const facts = isNewer(issue, story) ? issueFactsOf(ref, issue, deliveryId) : null;
  const shown = { title: issue.title, body: issue.body ?? "" };
  const outcome = await moveRemembered(deps, trigger, story, action, { shown, facts });
  if (outcome !== null) await conclude(deps, trigger, { storyId: story.id }, outcome);
  return outcome !== null;
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
    commentId: null,
    principal: { kind: "human", id: sender.id, login: sender.login },
    roles: await deps.rolesOf(ref, sender),
    asked,
    at: issue.updated_at,
  };
}

async function onStoryLabel(
  deps: AppDeps,
  story: Story,
  label: string,
  issue: IssuePayload,
  makeTrigger: MakeTrigger,
): Promise<void> {
  if (!label.startsWith(statePrefixes.story)) return;
  const wanted = label.slice(statePrefixes.story.length);
  if (wanted === story.state) return;
  const trigger = await makeTrigger(`label ${label}`);
  if (wasHandled(story, trigger.deliveryId)) return;
  const shown = { title: issue.title, body: issue.body ?? "" };
  if (!isStoryState(wanted)) {
    await conclude(deps, trigger, { storyId: story.id }, notAState(label, storyStates));
    return;
  }
  const action = actionToward(story.state, wanted);
  const outcome =
    action === null ? nothingToDecide("story", story.state) : await moveStory(deps, trigger, story, action, { shown });
  await conclude(deps, trigger, { storyId: story.id }, outcome);
}

/** The state label of a task's sub-issue. */
async function onTaskIssueLabel(
  deps: AppDeps,
  task: Task,
  action: string,
  label: string | undefined,
  makeTrigger: MakeTrigger,
): Promise<void> {
  if (action === "labeled" && label !== undefined) await onTaskLabel(deps, task, label, makeTrigger);
  if (action === "unlabeled" && label?.startsWith(statePrefixes.task))
    await deps.write({ kind: "task", taskId: task.id });
}

/** A state label that a person set on a task's sub-issue or pull request. */
export async function onTaskLabel(deps: AppDeps, task: Task, label: string, makeTrigger: MakeTrigger): Promise<void> {
  if (!label.startsWith(statePrefixes.task)) return;
  const wanted = label.slice(statePrefixes.task.length);
  if (wanted === task.state) return;
  const trigger = await makeTrigger(`label ${label}`);
  if (wasHandled(task, trigger.deliveryId)) return;
  if (!isTaskState(wanted)) {
    await conclude(deps, trigger, { taskId: task.id }, notAState(label, taskStates));
    return;
  }
  const action = taskActionToward(task.state, wanted);
  const outcome = action === null ? nothingToDecide("task", task.state) : await moveTask(deps, trigger, task, action);
  await conclude(deps, trigger, { taskId: task.id }, outcome ?? done);
}

function isStoryState(value: string): value is StoryState {
  return storyStates.some((state) => state === value);
}

function isTaskState(value: string): value is TaskState {
  return taskStates.some((state) => state === value);
}

function notAState(label: string, states: readonly string[]) {
  return refused({
    reason: "not-a-state",
    rule: `There is no state for the label ${label}.`,
    who: [],
    next: `The states are: ${states.join(", ")}.`,
  });
}
