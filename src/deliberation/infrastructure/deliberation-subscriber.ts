import type { FleetEvent } from "../../kernel/event.ts";
import { isStoryId } from "../../kernel/parse-ids.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import { requestImplementation } from "../application/request-implementation.ts";
import { requestPlan } from "../application/request-plan.ts";
import type { DeliberationUseCaseDeps } from "../application/use-case-ports.ts";

/**
 * Deliberation's ear. A story that becomes ready for planning (also after a rejected plan: the transition says so) is
 * planned where the repository lets councils start by themselves; a task that is assigned to the council is worked on. It
 * only requests, which converges, so it needs no inbox.
 */
export function deliberationSubscriber(deps: DeliberationUseCaseDeps): Subscriber {
  return {
    name: "deliberation",
    queue: "deliberation-events",
    types: ["planning.story.transitioned", "workflow.task.assigned"],
    async handle(event: FleetEvent): Promise<void> {
      if (event.type === "workflow.task.assigned") {
        await requestImplementation(deps, event);
        return;
      }
      const { story, repository } = event.subject;
      if (event.type !== "planning.story.transitioned" || event.payload.to !== "ready-for-planning") return;
      if (story === null || !isStoryId(story)) return;
      const { council } = await deps.configurationOf(repository);
      if (council.start !== "auto") return;
      await requestPlan(deps, story, { correlationId: event.correlationId, causationId: event.id });
    },
  };
}
