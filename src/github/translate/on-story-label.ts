import type { Story } from "../../planning/domain/story.ts";
import { overdueDecision } from "../../planning/domain/story-deadline.ts";
import type { StoryAction } from "../../planning/domain/story-machine.ts";
import type { AppDeps } from "./app-deps.ts";
import { askForReason } from "./feedback-hint.ts";
import { isFleetsLabel, refuseFleetsLabel } from "./fleets-label.ts";
import { type IssuePayload, issueFactsOf } from "./issue-payloads.ts";
import { concludeLabel, type LabelEvent, labelTrigger, onLabelTakenOff, refuseLabel } from "./label-event.ts";
import { labelTakenOff, noSuchState, noWay, otherFamily, stillFollowed } from "./label-refusals.ts";
import { actionToward, moveRemembered, moveStory, wasHandled } from "./move-story.ts";
import { isNewer, recordKnown } from "./record-story.ts";

/**
 * A label on a story's issue. A state label asks for the transition to that state; whatever may not be is put back at
 * once and explained; a label that shows the state already asks for nothing.
 */
export async function onStoryLabel(deps: AppDeps, event: LabelEvent, story: Story, issue: IssuePayload): Promise<void> {
  const asked = askedMove(story, event);
  if (asked !== null && !wasHandled(story, event.deliveryId)) return move(deps, event, story, asked, issue);
  const current = (await recordKnown(deps, event.deliveryId, event.ref, issue, story, false)) ?? story;
  if (wasHandled(current, event.deliveryId)) return;
  if (isFleetsLabel(event)) {
    const refusal = refuseFleetsLabel(event, { overdue: overdueDecision(current) !== null, attention: false });
    return refusal === null ? undefined : refuseLabel(deps, event, putBack(current), refusal);
  }
  return event.action === "labeled" ? refuse(deps, event, current) : takenOff(deps, event, current);
}

/**
 * The move that a label asks for, on the story as it is remembered; false where the story must be read first.
 */
export async function movedAsRecalled(
  deps: AppDeps,
  event: LabelEvent,
  story: Story,
  issue: IssuePayload,
): Promise<boolean> {
  const action = askedMove(story, event);
  if (action === null || wasHandled(story, event.deliveryId)) return false;
  const trigger = await labelTrigger(deps, event);
  const outcome = await moveRemembered(deps, trigger, story, action, given(event, story, issue));
  if (outcome !== null) await concludeLabel(deps, trigger, putBack(story), askForReason(outcome, action));
  return outcome !== null;
}

/** The action that a label asks for; null where it asks for none, or for one that is not possible now. */
function askedMove(story: Story, { action, meaning }: LabelEvent): StoryAction | null {
  if (action !== "labeled" || meaning.kind !== "story-state" || meaning.state === story.state) return null;
  return actionToward(story.state, meaning.state);
}

/** Records what the payload says of the issue and decides the move, in one transaction. */
async function move(
  deps: AppDeps,
  event: LabelEvent,
  story: Story,
  action: StoryAction,
  issue: IssuePayload,
): Promise<void> {
  const trigger = await labelTrigger(deps, event);
  const outcome = await moveStory(deps, trigger, story, action, given(event, story, issue));
  await concludeLabel(deps, trigger, putBack(story), askForReason(outcome, action));
}

function given({ ref, deliveryId }: LabelEvent, story: Story, issue: IssuePayload) {
  const facts = isNewer(issue, story) ? issueFactsOf(ref, issue, deliveryId) : null;
  return { shown: { title: issue.title, body: issue.body ?? "" }, facts };
}

function putBack(story: Story) {
  return { kind: "story-label", storyId: story.id } as const;
}

async function refuse(deps: AppDeps, event: LabelEvent, story: Story): Promise<void> {
  const { meaning, label } = event;
  if (meaning.kind === "story" || (meaning.kind === "story-state" && meaning.state === story.state)) return;
  const isOther =
    meaning.kind === "task" ||
    meaning.kind === "task-state" ||
    (meaning.kind === "no-state" && meaning.family === "task");
  const refusal = isOther
    ? otherFamily("story", label.name, story.state)
    : meaning.kind === "story-state"
      ? noWay("story", story.state, meaning.state)
      : noSuchState("story", label.name, story.state);
  return refuseLabel(deps, event, putBack(story), refusal);
}

async function takenOff(deps: AppDeps, event: LabelEvent, story: Story): Promise<void> {
  const { meaning } = event;
  const isOver = story.state === "done" || story.state === "archived";
  if (meaning.kind === "story" && isOver) return;
  if (meaning.kind === "story") return refuseLabel(deps, event, putBack(story), stillFollowed("story"));
  if (meaning.kind !== "story-state") return;
  if (meaning.state !== story.state) return deps.write(putBack(story));
  return onLabelTakenOff(deps, event, putBack(story), labelTakenOff("story", story.state));
}
