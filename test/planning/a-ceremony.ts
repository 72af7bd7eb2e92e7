import type { ReviewVerdict, RoleReview } from "../../src/kernel/review.ts";
import type { Ceremony, CeremonyStory } from "../../src/planning/domain/ceremony/ceremony.ts";
import type { CeremonyRequest } from "../../src/planning/domain/ceremony/ceremony-request.ts";
import { alice, at, holding } from "./a-story.ts";

/** A review with the given verdict, or a seat without one. */
export function aSeat(role: RoleReview["role"], verdict: ReviewVerdict | null): RoleReview {
  if (verdict === null) return { role, model: null, review: null, missing: "No model host answered." };
  const review = {
    verdict,
    summary: `The ${role} says ${verdict}.`,
    risks: verdict === "ready" ? [] : ["The total may overflow."],
    missingCriteria: [],
    testsNeeded: role === "qa" ? ["A cart of a thousand items."] : [],
    operations: [],
  };
  return { role, model: "m", review, missing: null };
}

/** The seats of architect, qa and devops. */
export function seats(...verdicts: readonly (ReviewVerdict | null)[]): readonly RoleReview[] {
  const [architect = null, qa = null, devops = null] = verdicts;
  return [aSeat("architect", architect), aSeat("qa", qa), aSeat("devops", devops)];
}

export function aCeremonyStory(issueNumber: number, changes: Partial<CeremonyStory> = {}): CeremonyStory {
  return {
    storyId: `100-${issueNumber}`,
    issueNumber,
    title: `Story ${issueNumber}`,
    reviews: null,
    word: null,
    ...changes,
  };
}

/** A ceremony that was called on issue 42 and holds its story. */
export function aCeremony(changes: Partial<Ceremony> = {}): Ceremony {
  return {
    id: "100-42-c1",
    version: 1,
    installation: 11,
    repository: 100,
    owner: "acme",
    repo: "shop",
    calledOn: "100-42",
    issueNumber: 42,
    milestone: null,
    state: "draft",
    stories: [aCeremonyStory(42)],
    createdAt: at,
    handled: [],
    ...changes,
  };
}

/** A story as it joins. */
export function joining(issueNumber: number, changes: Partial<NonNullable<CeremonyRequest["joining"]>> = {}) {
  return {
    id: `100-${issueNumber}` as const,
    issueNumber,
    title: `Story ${issueNumber}`,
    state: "ready-for-planning" as const,
    repository: 100,
    ...changes,
  };
}

export function ceremonyRequest(changes: Partial<CeremonyRequest> & Pick<CeremonyRequest, "action">): CeremonyRequest {
  return {
    principal: alice,
    roles: holding("product-owner"),
    deliveryId: null,
    at,
    councilAvailable: true,
    ...changes,
  };
}
