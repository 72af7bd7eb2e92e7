import { z } from "zod";
import type { StoryState } from "./states.ts";

/** The roles whose councils review a story, in the order of tables (COUNCIL.md, "Ceremony and planning councils"). */
export const reviewRoles = ["architect", "qa", "devops"] as const;

/** The state of the stories that a backlog review looks at. */
export const reviewableState = "ready-for-planning" satisfies StoryState;

export type ReviewRole = (typeof reviewRoles)[number];

/** What a reviewer says of a story as a whole. */
export const reviewVerdicts = ["ready", "needs-changes", "not-ready"] as const;

export type ReviewVerdict = (typeof reviewVerdicts)[number];

/** The most that one reviewer says under one heading, and the longest sentence, in characters. */
export const mostFindings = 5;
const longestFinding = 300;

const sentence = z.string().trim().min(1).max(longestFinding);
const findings = z.array(sentence).max(mostFindings);

/** What one role says of a story, as events carry it from deliberation to planning. */
export const storyReviewSchema = z.object({
  verdict: z.enum(reviewVerdicts),
  /** Why, in one sentence. */
  summary: sentence,
  risks: findings,
  missingCriteria: findings,
  testsNeeded: findings,
  operations: findings,
});

export type StoryReview = z.infer<typeof storyReviewSchema>;

/** One role's seat: its review, or why there is none. Never both null. */
export const roleReviewSchema = z.object({
  role: z.enum(reviewRoles),
  /** Null where no model was asked. */
  model: z.string().nullable(),
  review: storyReviewSchema.nullable(),
  /** Why the review is missing; null where there is one. */
  missing: z.string().nullable(),
});

export type RoleReview = z.infer<typeof roleReviewSchema>;

/** The seats of all roles without a review, for one reason. */
export function allMissing(why: string): readonly RoleReview[] {
  return reviewRoles.map((role) => ({ role, model: null, review: null, missing: why }));
}
