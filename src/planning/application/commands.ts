import type { StoryId } from "../../kernel/ids.ts";
import type { PlanTask } from "../../kernel/plan.ts";
import type { IssueFacts } from "../domain/issue-facts.ts";
import type { PlanSource, Story } from "../domain/story.ts";
import type { StoryRequest } from "../domain/story-request.ts";

export type { IssueFacts } from "../domain/issue-facts.ts";

/** One request to move a story, by anybody. */
export type TransitionStory = StoryRequest & {
  readonly storyId: StoryId;
  /**
   * The story as the caller has just read it, and what is to be recorded of its issue together with the move. A story that
   * is still so is not loaded a second time.
   */
  readonly seen?: { readonly story: Story; readonly facts: IssueFacts | null };
};

/** A plan for a story in `ready-for-planning`. */
export type DerivePlan = {
  readonly storyId: StoryId;
  readonly tasks: readonly PlanTask[];
  readonly source: PlanSource;
  /** The delivery, or the event, that brought it: the same one has its effect once. */
  readonly deliveryId: string | null;
  /** When it could first be seen (ISO 8601): for a typed plan, when it was written. Now, if absent. */
  readonly at?: string;
};

/** What led to a change, for the events that it makes. */
export type Cause = {
  /** The delivery or request at the beginning of the road. */
  readonly correlationId: string;
  /** The event that caused it; null where it was the delivery itself. */
  readonly causationId: string | null;
};
