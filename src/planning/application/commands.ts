import type { StoryId } from "../../kernel/ids.ts";
import type { PlanTask } from "../../kernel/plan.ts";
import type { IssueAuthor, Milestone, PlanSource } from "../domain/story.ts";
import type { StoryRequest } from "../domain/story-request.ts";

/** What a delivery or a reconcile pass says about an issue. */
export type IssueFacts = {
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly repo: string;
  readonly issueNumber: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** Left out where the source does not say: what is known stays. */
  readonly openBlockers?: number;
  readonly milestone: Milestone | null;
  readonly author: IssueAuthor;
  /** GitHub's `updated_at` (ISO 8601). Facts older than the known ones are ignored. */
  readonly updatedAt: string;
  readonly deliveryId: string | null;
};

/** One request to move a story, by anybody. */
export type TransitionStory = StoryRequest & { readonly storyId: StoryId };

/** A plan for a story in `ready-for-planning`. */
export type DerivePlan = {
  readonly storyId: StoryId;
  readonly tasks: readonly PlanTask[];
  readonly source: PlanSource;
  readonly deliveryId: string | null;
};
