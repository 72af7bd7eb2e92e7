import type { Assignee, EventType, FleetEvent } from "../../kernel/event.ts";
import { principalName } from "../../kernel/principal.ts";

/** One line of a story's timeline. Its text holds what people and models wrote: untrusted. */
export type TimelineEntry = {
  /** The event's. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The id of the task that it is about; null: the whole story. */
  readonly task: string | null;
  readonly text: string;
};

/** The events that a timeline tells. Denials are the audit log's. */
export const timelineTypes: readonly EventType[] = [
  "planning.story.created",
  "planning.story.transitioned",
  "planning.plan.derived",
  "planning.plan.approved",
  "planning.plan.rejected",
  "planning.decision.recorded",
  "workflow.task.assigned",
  "workflow.task.transitioned",
  "deliberation.completed",
  "deliberation.failed",
];

/** The longest of what somebody wrote that is told in a line, in characters. */
const longestQuote = 160;

/** The lines of events, in the order of the events; what another one tells already has none. */
export function timelineOf(events: readonly FleetEvent[]): readonly TimelineEntry[] {
  return events.flatMap((event) => {
    const text = timelineText(event);
    return text === null ? [] : [{ id: event.id, at: event.occurredAt, task: event.subject.task, text }];
  });
}

function timelineText(event: FleetEvent): string | null {
  switch (event.type) {
    case "planning.story.created":
      return `story created: ${quote(event.payload.title)}`;
    case "planning.story.transitioned":
      return `story ${stepText(event.payload)}`;
    case "planning.plan.derived": {
      const { planVersion, tasks, source } = event.payload;
      return `plan ${planVersion} of ${counted(tasks.length, "task")}, ${source === "council" ? "by a council" : "typed"}`;
    }
    case "planning.plan.approved":
      return `plan ${event.payload.planVersion} approved by ${principalName(event.payload.principal)}`;
    case "planning.plan.rejected": {
      const { planVersion, principal, feedback } = event.payload;
      return `plan ${planVersion} rejected by ${principalName(principal)}: ${quote(feedback)}`;
    }
    case "planning.decision.recorded": {
      const { number, category, status, title, principal } = event.payload;
      // A gate's verdict is told as the step that it is.
      return category === "review"
        ? null
        : `decision D${number} ${status}: ${quote(title)} (${principalName(principal)})`;
    }
    case "workflow.task.assigned": {
      const { assignee, round } = event.payload;
      return `${taskName(event)} given to ${assigneeName(assignee)}, round ${round}`;
    }
    case "workflow.task.transitioned":
      return event.payload.action.startsWith("auto-") ? null : `${taskName(event)} ${stepText(event.payload)}`;
    case "deliberation.completed":
      return `${councilName(event)} ended: ${quote(event.payload.reason)}`;
    case "deliberation.failed":
      return `${councilName(event)} failed: ${quote(event.payload.reason)}`;
    default:
      return null;
  }
}

/** A step of either machine. */
function stepText({
  from,
  to,
  action,
  principal,
  reason,
}: FleetEvent<"planning.story.transitioned" | "workflow.task.transitioned">["payload"]): string {
  const why = reason === null ? "" : `: ${quote(reason)}`;
  return `${from} → ${to} (${action}, ${principalName(principal)})${why}`;
}

function assigneeName(assignee: Assignee): string {
  return assignee.kind === "council" ? "a council" : principalName(assignee.principal);
}

function councilName({ payload, ...event }: FleetEvent<"deliberation.completed" | "deliberation.failed">): string {
  const about = event.subject.task === null ? "" : ` on ${taskName(event)}`;
  return `council (${payload.kind})${about}`;
}

/** `task 2`, by the end of the id. */
export function taskName({ subject: { task } }: Pick<FleetEvent, "subject">): string {
  return `task ${task?.match(/-t(\d+)$/)?.[1] ?? "?"}`;
}

/** What somebody wrote, in one line. */
export function quote(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= longestQuote ? line : `${line.slice(0, longestQuote - 1).trimEnd()}…`;
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
