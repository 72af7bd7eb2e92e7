import { type CeremonyId, reviewId, type StoryId } from "../../kernel/ids.ts";
import { createEvent } from "../../kernel/new-event.ts";
import { reviewableState, reviewRoles } from "../../kernel/review.ts";
import { type Cause, noModelReason, type Requested, requestDeliberation } from "./request-deliberation.ts";
import type { DeliberationUseCaseDeps, StoryFacts } from "./use-case-ports.ts";

/**
 * Asks the roles' councils for their review of one story in a ceremony. Where none can be had (no model, or the story went
 * on meanwhile) that is said at once: `deliberation.failed`. Null for a review that nobody waits for any more, and so for
 * one that has ended.
 */
export async function requestReview(
  deps: DeliberationUseCaseDeps,
  ceremony: CeremonyId,
  storyId: StoryId,
  cause: Cause,
): Promise<Requested | null> {
  if (!(await deps.isReviewAwaited(ceremony, storyId))) return null;
  const id = reviewId(ceremony, storyId);
  const story = await deps.storyFacts(storyId);
  if (story === null) return null;
  if (story.state !== reviewableState) {
    await fail(deps, id, story, `The story is in ${story.state}, where nothing is left to be reviewed.`, cause);
    return null;
  }
  const requested = await requestDeliberation(deps, {
    id,
    kind: "review",
    round: 1,
    story,
    task: null,
    feedback: story.planFeedback,
    members: reviewRoles.length,
    cause,
  });
  if (requested.kind === "no-model") await fail(deps, id, story, noModelReason, cause);
  return requested;
}

async function fail(
  deps: DeliberationUseCaseDeps,
  deliberationId: string,
  { id: story, installation, repository }: StoryFacts,
  reason: string,
  cause: Cause,
): Promise<void> {
  const subject = { installation, repository, story, task: null };
  await deps.graph.write(async (tx) => {
    const body = { type: "deliberation.failed", payload: { deliberationId, kind: "review", reason } } as const;
    const envelope = { id: deps.newId(), now: deps.clock(), producer: "deliberation", subject, ...cause };
    await deps.events(tx, [createEvent(body, envelope)]);
  });
  deps.committed?.();
}
