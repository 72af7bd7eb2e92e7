import type { FleetEvent } from "../../kernel/event.ts";
import { reviewId } from "../../kernel/ids.ts";
import { isCeremonyId, isStoryId, isTaskId } from "../../kernel/parse-ids.ts";
import type { Subscriber } from "../../kernel/subscriber.ts";
import { isAdvised, requestAdvice } from "../application/request-advice.ts";
import { requestImplementation } from "../application/request-implementation.ts";
import { requestPlan } from "../application/request-plan.ts";
import { requestReview } from "../application/request-review.ts";
import { startWaiting } from "../application/start-waiting.ts";
import { type StopDeliberations, stopDeliberations } from "../application/stop-deliberations.ts";
import type { DeliberationUseCaseDeps } from "../application/use-case-ports.ts";

/**
 * Deliberation's ear. A story that becomes ready for planning (also after a rejected plan: the transition says so) is
 * planned where the repository lets councils start by themselves; a task that is assigned to the council is worked on; a
 * ceremony's stories are reviewed; a change of people that waits at a gate is looked at; what waited for tokens of a story
 * that got some begins; a council whose task, plan or ceremony was taken from it stops. It only requests and stops, which converges, so it needs no inbox.
 */
export function deliberationSubscriber(deps: DeliberationUseCaseDeps): Subscriber {
  return {
    name: "deliberation",
    queue: "deliberation-events",
    types: [
      "planning.story.transitioned",
      "planning.ceremony.transitioned",
      "workflow.task.assigned",
      "workflow.task.transitioned",
      "workflow.validation.required",
      "deliberation.tokens-allowed",
    ],
    async handle(event: FleetEvent): Promise<void> {
      if (event.type === "workflow.task.assigned") {
        await requestImplementation(deps, event);
        return;
      }
      if (event.type === "planning.ceremony.transitioned") {
        await followCeremony(deps, event);
        return;
      }
      if (event.type === "workflow.validation.required") {
        await adviseGate(deps, event);
        return;
      }
      const { story, repository } = event.subject;
      if (event.type === "deliberation.tokens-allowed") {
        if (story !== null) await startWaiting(deps, story);
        return;
      }
      if (story === null || !isStoryId(story)) return;
      const abandoned = abandonedBy(event);
      if (abandoned !== null) {
        const { id: deliveryId, occurredAt: startedBefore } = event;
        await stopDeliberations(deps, { storyId: story, ...abandoned, deliveryId, startedBefore });
      }
      if (event.type !== "planning.story.transitioned" || event.payload.to !== "ready-for-planning") return;
      const { council } = await deps.configurationOf(repository);
      if (council.start !== "auto") return;
      await requestPlan(deps, story, { correlationId: event.correlationId, causationId: event.id });
    },
  };
}

/** A change that waits at a gate is looked at where the repository lets councils start by themselves. */
async function adviseGate(
  deps: DeliberationUseCaseDeps,
  { id, correlationId, subject }: FleetEvent<"workflow.validation.required">,
): Promise<void> {
  const { task, repository } = subject;
  if (task === null || !isTaskId(task)) return;
  const { council } = await deps.configurationOf(repository);
  if (council.start === "auto") await requestAdvice(deps, task, { correlationId, causationId: id });
}

/** The moves by which a task is taken from whoever implements it, and those after which a story needs no work. */
const takesTask: readonly string[] = ["retry", "discard-task", "cancel-with-story", "release-task"];
const takesStory: readonly string[] = ["reset", "cancel", "archive", "re-estimate", "invalidate-scope"];

/** The decisions after which nobody needs advice on the change any more. */
const endsAdvice: readonly string[] = [...takesTask, "reject-design", "reject-tests", "approve-tests"];

/** What nobody waits for after an event: a task's council, everything of a story, or only its plan; null: all goes on. */
function abandonedBy(event: FleetEvent): Pick<StopDeliberations, "of" | "reason"> | null {
  if (event.type === "workflow.task.transitioned") {
    const { from, action } = event.payload;
    const { task } = event.subject;
    const reason = `Nobody waits for it any more: ${action}.`;
    if (task === null) return null;
    if (isAdvised(from) && endsAdvice.includes(action)) return { of: { advice: task }, reason };
    return from === "implementing" && takesTask.includes(action) ? { of: { task }, reason } : null;
  }
  if (event.type !== "planning.story.transitioned") return null;
  const { from, action } = event.payload;
  const reason = `Nobody waits for it any more: ${action}.`;
  if (takesStory.includes(action)) return { of: "everything", reason };
  return from === "ready-for-planning" ? { of: "plan", reason } : null;
}

/** A ceremony that starts has its stories reviewed; one that is given up has no use for that any more. */
async function followCeremony(
  deps: DeliberationUseCaseDeps,
  event: FleetEvent<"planning.ceremony.transitioned">,
): Promise<void> {
  const { ceremonyId, action, stories } = event.payload;
  if (!isCeremonyId(ceremonyId)) return;
  const cause = { correlationId: event.correlationId, causationId: event.id };
  for (const storyId of stories.filter(isStoryId)) {
    if (action === "start") await requestReview(deps, ceremonyId, storyId, cause);
    if (action !== "cancel") continue;
    const of = { deliberation: reviewId(ceremonyId, storyId) };
    await stopDeliberations(deps, { storyId, of, reason: "The backlog review was cancelled.", deliveryId: event.id });
  }
}
