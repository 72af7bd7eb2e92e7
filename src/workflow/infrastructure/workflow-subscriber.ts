import type { FleetEvent } from "../../kernel/event.ts";
import type { StoryId, TaskId } from "../../kernel/ids.ts";
import { isStoryId, isTaskId } from "../../kernel/parse-ids.ts";
import type { TaskState } from "../../kernel/states.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import { assignReady } from "../application/assign-ready.ts";
import { followRoom } from "../application/begin-waiting-stories.ts";
import { cancelTasks } from "../application/cancel-tasks.ts";
import type { Cause } from "../application/commands.ts";
import { continueCouncil } from "../application/continue-council.ts";
import { councilFailed } from "../application/council-failed.ts";
import { createTasks } from "../application/create-tasks.ts";
import type { WorkflowDeps } from "../application/ports.ts";
import { changesRoom } from "../domain/story-room.ts";

/** A story's moves after which the tasks of its plan are worked on no more. */
const endsThePlan: readonly string[] = ["reset", "re-estimate", "invalidate-scope", "cancel", "withdraw", "archive"];

/** States of a task in which others may begin: it is done, or its tests are there to write code for. */
const leadsOn: readonly TaskState[] = ["done", "pending-arch-review"];

const rejections = ["reject-design", "reject-tests", "reject-story"] as const;

/**
 * Workflow's ear. It needs no inbox: every handler looks at the state that it finds and converges, and where a round
 * must not be counted twice the task remembers the event's id.
 */
export function workflowSubscriber(deps: WorkflowDeps): Subscriber {
  return {
    name: "workflow",
    queue: "workflow-events",
    types: [
      "planning.plan.approved",
      "planning.story.transitioned",
      "workflow.task.transitioned",
      "agent.work.failed",
      "deliberation.failed",
    ],
    async handle(event: FleetEvent): Promise<void> {
      const { story, task } = event.subject;
      const cause: Cause = { correlationId: event.correlationId, causationId: event.id };
      if (story !== null && isStoryId(story)) {
        await handleStory(deps, event, story, cause);
      }
      if (task !== null && isTaskId(task)) {
        await handleTask(deps, event, task, cause);
      }
    },
  };
}

async function handleStory(deps: WorkflowDeps, event: FleetEvent, storyId: StoryId, cause: Cause): Promise<void> {
  if (event.type === "planning.plan.approved") {
    const { planVersion, tasks, principal } = event.payload;
    const { installation, repository } = event.subject;
    await createTasks(deps, { storyId, installation, repository, planVersion, tasks, decidedBy: principal }, cause);
    await assignReady(deps, storyId, cause);
  } else if (event.type === "planning.story.transitioned") {
    const { action, reason, from, to } = event.payload;
    if (endsThePlan.includes(action)) {
      const why = reason === null ? `The story: ${action}.` : `The story: ${action}: ${reason}`;
      await cancelTasks(deps, storyId, why, { createdBefore: event.occurredAt, cause });
    } else if (action === "continue") {
      await assignReady(deps, storyId, cause);
    }
    if (changesRoom(from, to)) await followRoom(deps, event.subject, cause);
  } else if (event.type === "workflow.task.transitioned" && leadsOn.includes(event.payload.to)) {
    await assignReady(deps, storyId, cause);
  }
}

async function handleTask(deps: WorkflowDeps, event: FleetEvent, taskId: TaskId, cause: Cause): Promise<void> {
  if (event.type === "agent.work.failed") {
    const { deliberationId: _, ...ended } = event.payload;
    await councilFailed(deps, { taskId, ...ended, deliveryId: event.id }, cause);
  } else if (event.type === "deliberation.failed" && event.payload.kind === "implementation") {
    const round = roundOf(event.payload.deliberationId);
    await councilFailed(deps, { taskId, reason: event.payload.reason, deliveryId: event.id, ...round }, cause);
  } else if (event.type === "workflow.task.transitioned") {
    const rejection = rejections.find((action) => action === event.payload.action);
    if (rejection !== undefined) {
      await continueCouncil(deps, { taskId, rejection, eventId: event.id }, cause);
    }
  }
}

/** A deliberation's id ends in its round. */
function roundOf(deliberationId: string): { readonly round?: number } {
  const round = /-r(\d+)$/.exec(deliberationId)?.[1];
  return round === undefined ? {} : { round: Number(round) };
}
