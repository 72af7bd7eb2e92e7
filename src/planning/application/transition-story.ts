import type { Transaction } from "../../kernel/transaction.ts";
import { decideStory } from "../domain/decide-story.ts";
import { followStoryTasks } from "../domain/follow-tasks.ts";
import { isApprovalStale, withIssueFacts } from "../domain/issue-facts.ts";
import { type StoryAction, type StoryGuard, storyTransition } from "../domain/story-machine.ts";
import type { StoryDecision, StoryRequest } from "../domain/story-request.ts";
import type { Cause, TransitionStory } from "./commands.ts";
import { ifUnchanged } from "./if-unchanged.ts";
import type { PlanningDeps } from "./ports.ts";
import { takeIn } from "./record-issue.ts";
import { causeOf, denialOf, envelopes, saveDecision, saveSeen, unknownStory } from "./story-changes.ts";

const taskGuards: readonly (StoryGuard | null)[] = [
  "task-started",
  "tasks-at-review",
  "tasks-at-testing",
  "tasks-at-approval",
  "task-rejected",
  "tasks-approved",
  "tasks-merged",
];

/**
 * Decides a request on a story and saves what follows from it, in one transaction: the move, the system's moves that
 * follow at once, their records and events; for a refusal that is about who asked, `access.denied`.
 */
export async function transitionStory(deps: PlanningDeps, command: TransitionStory): Promise<StoryDecision> {
  const cause = causeOf(command.deliveryId);
  const decision =
    (await moveSeen(deps, command, cause)) ?? (await deps.graph.write((tx) => transitionIn(deps, tx, command, cause)));
  deps.committed?.();
  return decision;
}

/**
 * The same for a story that the caller remembers and did not read: only a move that the stored version bears out counts.
 * Null where nothing was saved, and the caller reads the story first.
 */
export async function transitionRemembered(
  deps: PlanningDeps,
  command: TransitionStory,
): Promise<StoryDecision | null> {
  const cause = causeOf(command.deliveryId);
  const decision = await moveSeen(deps, command, cause);
  if (decision !== null) deps.committed?.();
  return decision;
}

/**
 * The move of a story that is still as the caller has seen it. Null where the story must be loaded for change: it has
 * changed, its tasks count, its approval is void by what the issue says now, or the request does not move it.
 */
async function moveSeen(
  deps: PlanningDeps,
  command: TransitionStory,
  cause: Cause | null,
): Promise<StoryDecision | null> {
  const { seen, ...request } = command;
  if (seen === undefined || looksAtTasks(command.action)) {
    return null;
  }
  const story = seen.facts === null ? seen.story : withIssueFacts(seen.story, seen.facts);
  const decision = isApprovalStale(story) ? null : decideStory(story, request);
  if (decision?.kind !== "moved") {
    return null;
  }
  return ifUnchanged(async () => {
    await saveSeen(deps, seen.story, decision, cause);
    return decision;
  });
}

/** The same in the caller's transaction; `cause` is what its events name. */
export async function transitionIn(
  deps: PlanningDeps,
  tx: Transaction,
  command: TransitionStory,
  cause: Cause | null,
): Promise<StoryDecision> {
  const loaded = await deps.stories.loadForChange(tx, command.storyId);
  if (loaded === null) {
    return unknownStory;
  }
  const facts = command.seen?.facts ?? null;
  const story = facts === null ? loaded : await takeIn(deps, tx, loaded, facts);
  const tasks = looksAtTasks(command.action)
    ? (command.tasks ?? (await deps.tasks(tx, command.storyId)))
    : (command.tasks ?? []);
  const request: StoryRequest = { ...command, tasks };
  const decision = withFollowing(decideStory(story, request), request);
  await saveDecision(deps, tx, story, decision, cause);
  const denials = denialOf(story, request, decision);
  if (denials.length > 0) {
    await deps.events(tx, envelopes(deps, story, denials, cause));
  }
  return decision;
}

/** A story that goes on finds tasks that may have gone ahead of it. */
function looksAtTasks(action: StoryAction): boolean {
  return action === "continue" || taskGuards.includes(storyTransition(action).guard);
}

function withFollowing(decision: StoryDecision, request: StoryRequest): StoryDecision {
  if (decision.kind !== "moved" || !looksAtTasks(request.action)) {
    return decision;
  }
  const following = followStoryTasks(decision.story, request.tasks ?? [], request.at);
  return following.kind !== "moved"
    ? decision
    : {
        ...following,
        records: [...decision.records, ...following.records],
        events: [...decision.events, ...following.events],
      };
}
