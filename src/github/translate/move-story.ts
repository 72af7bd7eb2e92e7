import type { StoryState } from "../../kernel/states.ts";
import type { IssueFacts, TransitionStory } from "../../planning/application/commands.ts";
import type { Story } from "../../planning/domain/story.ts";
import { storyBodyHash } from "../../planning/domain/story-body-hash.ts";
import { type StoryAction, type StoryTransition, storyRows } from "../../planning/domain/story-machine.ts";
import type { StoryDecision } from "../../planning/domain/story-request.ts";
import type { AppDeps } from "./app-deps.ts";
import { planShownAt } from "./plan-shown-at.ts";
import { outcomeOf, type Trigger, type TriggerOutcome } from "./trigger.ts";
import { deriveFromText } from "./typed-plan.ts";

/** The text that the person had before the eyes: the approval is bound to it. */
export type ShownText = { readonly title: string; readonly body: string };

/** Whether this delivery had its effect on the story already. */
export function wasHandled(aggregate: { readonly handled: readonly string[] }, deliveryId: string): boolean {
  return aggregate.handled.some((key) => key.startsWith(`${deliveryId}/`));
}

function isForPeople(row: StoryTransition): boolean {
  return row.by.some((actor) => actor !== "system");
}

/** The action that a state label asks for: the first row that people may take from here to there; null when there is none. */
export function actionToward(from: StoryState, to: StoryState): StoryAction | null {
  return storyRows.find((row) => row.to === to && row.from.includes(from) && isForPeople(row))?.action ?? null;
}

/** What goes with the request: the text before the person's eyes, the words, and news of the issue to record with it. */
type GivenToMove = { readonly shown: ShownText; readonly feedback?: string; readonly facts?: IssueFacts | null };

/** Asks planning for one action, with everything that its guards look at. */
export async function moveStory(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  action: StoryAction,
  given: GivenToMove,
): Promise<TriggerOutcome> {
  if (action === "accept") {
    const refusal = await approveTasks(deps, trigger, story);
    if (refusal !== null) return refusal;
  }
  const decision = await deps.planning.transitionStory(await commandOf(deps, trigger, story, action, given));
  return concludeMove(deps, trigger, story, action, decision);
}

/**
 * The same for a story as this process remembers it. Null where nothing came of it: the caller reads the story and asks
 * again. `accept` always reads, since it is about the tasks first.
 */
export async function moveRemembered(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  action: StoryAction,
  given: GivenToMove,
): Promise<TriggerOutcome | null> {
  if (action === "accept") return null;
  const decision = await deps.planning.transitionRemembered(await commandOf(deps, trigger, story, action, given));
  return decision === null ? null : concludeMove(deps, trigger, story, action, decision);
}

async function concludeMove(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  action: StoryAction,
  decision: StoryDecision,
): Promise<TriggerOutcome> {
  if (action === "approve-scope" && decision.kind !== "refused") await deriveFromText(deps, trigger, story.id);
  return outcomeOf(decision);
}

async function commandOf(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  action: StoryAction,
  given: GivenToMove,
): Promise<TransitionStory> {
  const { configuration } = await deps.configurations.of(trigger.ref);
  return {
    storyId: story.id,
    action,
    principal: trigger.principal,
    roles: trigger.roles,
    deliveryId: trigger.deliveryId,
    at: trigger.at,
    threshold: configuration.readiness.threshold,
    seen: { story, facts: given.facts ?? null },
    ...(given.feedback === undefined ? {} : { feedback: given.feedback }),
    ...(action === "approve-scope" ? { expectedBodyHash: storyBodyHash(given.shown.title, given.shown.body) } : {}),
    ...(action === "approve-plan" ? { planShownHash: planShownAt(story, trigger.at) } : {}),
  };
}

/** One approval of the product owner approves every waiting task, then the story (DOMAIN.md §2). */
async function approveTasks(deps: AppDeps, trigger: Trigger, story: Story): Promise<TriggerOutcome | null> {
  const decisions = await deps.workflow.approveStory({
    storyId: story.id,
    principal: trigger.principal,
    roles: trigger.roles,
    deliveryId: trigger.deliveryId,
  });
  const refusal = decisions.find((decision) => decision.kind === "refused");
  return refusal === undefined ? null : outcomeOf(refusal);
}
