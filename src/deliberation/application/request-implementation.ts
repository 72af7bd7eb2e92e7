import type { FleetEvent } from "../../kernel/event.ts";
import { createEvent } from "../../kernel/new-event.ts";
import { isTaskId } from "../../kernel/parse-ids.ts";
import { implementationId } from "../domain/deliberation.ts";
import { noModelReason, type Requested, requestDeliberation } from "./request-deliberation.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

/**
 * Answers an assignment to the council (one round of one task) with a deliberation. Where no model can be had the task
 * goes back to people at once: `agent.work.failed`. Null for what is no assignment to a council, or none any more.
 */
export async function requestImplementation(
  deps: DeliberationUseCaseDeps,
  event: FleetEvent<"workflow.task.assigned">,
): Promise<Requested | null> {
  const { assignee, round, feedback } = event.payload;
  const taskId = event.subject.task;
  if (assignee.kind !== "council" || taskId === null || !isTaskId(taskId)) return null;
  const task = await deps.taskFacts(taskId);
  const story = task === null ? null : await deps.storyFacts(task.storyId);
  // Stopped or taken back before this was heard of: nobody waits for the council's work any more.
  if (task === null || story === null || !task.heldByCouncil) return null;
  const cause = { correlationId: event.correlationId, causationId: event.id };
  // The task's own say who spoke.
  const unknown = feedback.filter((text) => !task.feedback.some((known) => known.endsWith(text)));
  const texts = [...task.feedback, ...new Set(unknown)];
  const id = implementationId(taskId, round);
  const requested = await requestDeliberation(deps, {
    id,
    kind: "implementation",
    round,
    story,
    task,
    feedback: texts,
    members: assignee.members,
    cause,
  });
  if (requested.kind !== "no-model") return requested;
  await deps.graph.write(async (tx) => {
    const payload = { deliberationId: id, round, reason: noModelReason };
    const envelope = { now: deps.clock(), producer: "deliberation", subject: event.subject, ...cause };
    await deps.events(tx, [createEvent({ type: "agent.work.failed", payload }, { id: deps.newId(), ...envelope })]);
  });
  deps.committed?.();
  return requested;
}
