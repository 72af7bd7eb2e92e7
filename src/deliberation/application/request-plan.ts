import type { StoryId } from "../../kernel/ids.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import { type Cause, type Requested, requestDeliberation } from "./request-deliberation.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/**
 * Asks a council for the story's plan, with the reasons of the rejected ones. A plan that is being derived is not asked
 * for again, nor twice for one event; otherwise each request is a round of its own. Null where the story does not wait
 * for a plan.
 */
export async function requestPlan(
  deps: DeliberationUseCaseDeps,
  storyId: StoryId,
  cause?: Cause,
  members?: number,
): Promise<Requested | null> {
  const story = await deps.storyFacts(storyId);
  if (story === null || story.state !== "ready-for-planning") return null;
  const earlier = await deps.graph.read((tx) => deps.deliberations.find(tx, { story: storyId, task: null }));
  const running = earlier.find(({ status }) => !isFinalStatus(status));
  const caused = earlier.find(({ causationId }) => causationId !== null && causationId === cause?.causationId);
  const round = (running ?? caused)?.round ?? Math.max(0, ...earlier.map((each) => each.round)) + 1;
  return requestDeliberation(deps, {
    id: `${storyId}-plan-r${round}`,
    kind: "plan",
    round,
    story,
    task: null,
    feedback: story.planFeedback,
    members,
    cause: cause ?? { correlationId: deps.newId(), causationId: null },
  });
}
