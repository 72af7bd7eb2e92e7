import type { FleetEvent } from "../../kernel/event.ts";
import { isStoryId, isTaskId } from "../../kernel/parse-ids.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import { derivePlan } from "../application/derive-plan.ts";
import { followTasks } from "../application/follow-tasks.ts";
import type { PlanningDeps } from "../application/ports.ts";
import { recordVerdict } from "../application/record-decision.ts";

/**
 * Planning's ear: a story follows its tasks, a gate's verdict is a decision, and a council's plan is recorded. It needs no
 * inbox: following looks at how the tasks stand now, a decision's id is its event's, and a story remembers the id of the
 * event that brought a plan.
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
    ],
    async handle(event: FleetEvent): Promise<void> {
      const storyId = event.subject.story;
      if (storyId === null || !isStoryId(storyId)) {
        return;
      }
      const cause = { correlationId: event.correlationId, causationId: event.id };
      if (event.type !== "deliberation.completed") {
        await followTasks(deps, storyId, cause);
        const taskId = event.subject.task;
        if (event.type === "workflow.task.transitioned" && taskId !== null && isTaskId(taskId)) {
          const { action, principal, reason } = event.payload;
          const made = { action, principal, reason, key: event.id, at: event.occurredAt };
          await recordVerdict(deps, { storyId, taskId, ...made }, cause);
        }
      } else if (event.payload.plan !== null) {
        const { plan } = event.payload;
        await derivePlan(deps, { storyId, tasks: plan, source: "council", deliveryId: event.id }, cause);
      }
    },
  };
}
