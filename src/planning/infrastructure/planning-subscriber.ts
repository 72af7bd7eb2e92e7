import type { FleetEvent } from "../../kernel/event.ts";
import type { StoryId } from "../../kernel/ids.ts";
import { isStoryId, isTaskId, partsOfReviewId } from "../../kernel/parse-ids.ts";
import { allMissing } from "../../kernel/review.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import { recordReview } from "../application/ceremonies/record-review.ts";
import type { Cause } from "../application/commands.ts";
import { derivePlan } from "../application/derive-plan.ts";
import { followTasks } from "../application/follow-tasks.ts";
import type { PlanningDeps } from "../application/ports.ts";
import { recordVerdict } from "../application/record-decision.ts";

/**
 * Planning's ear: a story follows its tasks, a gate's verdict is a decision, and a council's plan or reviews are recorded. It
 * needs no inbox: following looks at how the tasks stand now, a decision's id is its event's, a story remembers the id of
 * the event that brought a plan, and a ceremony takes the reviews of a story once.
 */
export function planningSubscriber(deps: PlanningDeps): Subscriber {
  return {
    name: "planning",
    queue: "planning-events",
    types: [
      "workflow.task.created",
      "workflow.task.assigned",
      "workflow.task.transitioned",
      "workflow.story.tasks-completed",
      "deliberation.completed",
      "deliberation.failed",
    ],
    async handle(event: FleetEvent): Promise<void> {
      const storyId = event.subject.story;
      if (storyId === null || !isStoryId(storyId)) {
        return;
      }
      const cause = { correlationId: event.correlationId, causationId: event.id };
      switch (event.type) {
        case "deliberation.completed":
        case "deliberation.failed":
          await takeReviews(deps, event, cause);
          if (event.type === "deliberation.completed" && event.payload.plan !== null) {
            const { plan } = event.payload;
            await derivePlan(deps, { storyId, tasks: plan, source: "council", deliveryId: event.id }, cause);
          }
          return;
        default:
          await followTasks(deps, storyId, cause);
          await takeVerdict(deps, event, storyId, cause);
      }
    },
  };
}

/** What a review's councils said, or why they said nothing, goes to the ceremony that its id names. */
async function takeReviews(
  deps: PlanningDeps,
  { payload }: FleetEvent<"deliberation.completed" | "deliberation.failed">,
  cause: Cause,
): Promise<void> {
  const review = payload.kind === "review" ? partsOfReviewId(payload.deliberationId) : null;
  if (review === null) {
    return;
  }
  const said = "reviews" in payload ? payload.reviews : undefined;
  await recordReview(deps, { ...review, reviews: said ?? allMissing(payload.reason) }, cause);
}

async function takeVerdict(deps: PlanningDeps, event: FleetEvent, storyId: StoryId, cause: Cause): Promise<void> {
  const taskId = event.subject.task;
  if (event.type !== "workflow.task.transitioned" || taskId === null || !isTaskId(taskId)) {
    return;
  }
  const { action, principal, reason, headSha, headTree, judged } = event.payload;
  const affects = {
    pullRequest: judged?.pullRequest ?? null,
    commit: headSha === null ? null : { sha: headSha, tree: headTree },
    files: judged?.files ?? [],
  };
  const made = { action, principal, reason, affects, key: event.id, at: event.occurredAt };
  await recordVerdict(deps, { storyId, taskId, ...made }, cause);
}
