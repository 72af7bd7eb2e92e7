import type { Assignee, EventType, FleetEvent } from "../../kernel/event.ts";
import { type Principal, principalName } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import { withoutHidden } from "./clean-text.ts";
import { redactedStart } from "./redact-secrets.ts";

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

/** How a timeline tells who did something; `role`: the one in which it was done, where the event says. */
type Who = (principal: Principal, role: Role | null) => string;

/** How people are told of: by name, or (to agents that need not know who a person is) as what they are. */
export const tellingWho = {
  named: principalName,
  unnamed: (principal, role) =>
    principal.kind === "human" ? (role === null ? "a person" : `the ${role}`) : principalName(principal),
} as const satisfies Readonly<Record<string, Who>>;

/** The lines of events, in the order of the events; what another one tells already has none. */
export function timelineOf(events: readonly FleetEvent[], who: Who = tellingWho.named): readonly TimelineEntry[] {
  return events.flatMap((event) => {
    const text = timelineText(event, who);
    return text === null ? [] : [{ id: event.id, at: event.occurredAt, task: event.subject.task, text }];
  });
}

function timelineText(event: FleetEvent, who: Who): string | null {
  switch (event.type) {
    case "planning.story.created":
      return `story created: ${quote(event.payload.title)}`;
    case "planning.story.transitioned":
      return `story ${stepText(event.payload, who)}`;
    case "planning.plan.derived": {
      const { planVersion, tasks, source } = event.payload;
      return `plan ${planVersion} of ${counted(tasks.length, "task")}, ${source === "council" ? "by a council" : "typed"}`;
    }
    case "planning.plan.approved":
      return `plan ${event.payload.planVersion} approved by ${who(event.payload.principal, "product-owner")}`;
    case "planning.plan.rejected": {
      const { planVersion, principal, feedback } = event.payload;
      return `plan ${planVersion} rejected by ${who(principal, "product-owner")}: ${quote(feedback)}`;
    }
    case "planning.decision.recorded": {
      const { number, category, status, title, principal } = event.payload;
      // A gate's verdict is told as the step that it is.
      return category === "review" ? null : `decision D${number} ${status}: ${quote(title)} (${who(principal, null)})`;
    }
    case "workflow.task.assigned": {
      const { assignee, round } = event.payload;
      return `${taskName(event)} given to ${assigneeName(assignee, who)}, round ${round}`;
    }
    case "workflow.task.transitioned":
      return event.payload.action.startsWith("auto-") ? null : `${taskName(event)} ${stepText(event.payload, who)}`;
    case "deliberation.completed":
      return `${councilName(event)} ended: ${quote(event.payload.reason)}`;
    case "deliberation.failed":
      return `${councilName(event)} failed: ${quote(event.payload.reason)}`;
    default:
      return null;
  }
}

/** A step of either machine. */
function stepText(
  {
    from,
    to,
    action,
    principal,
    role,
    reason,
  }: FleetEvent<"planning.story.transitioned" | "workflow.task.transitioned">["payload"],
  who: Who,
): string {
  const why = reason === null ? "" : `: ${quote(reason)}`;
  return `${from} → ${to} (${action}, ${who(principal, role)})${why}`;
}

function assigneeName(assignee: Assignee, who: Who): string {
  return assignee.kind === "council" ? "a council" : who(assignee.principal, null);
}

function councilName({ payload, ...event }: FleetEvent<"deliberation.completed" | "deliberation.failed">): string {
  const about = event.subject.task === null ? "" : ` on ${taskName(event)}`;
  return `council (${payload.kind})${about}`;
}

/** `task 2`, by the end of the id. */
export function taskName({ subject: { task } }: Pick<FleetEvent, "subject">): string {
  return `task ${task?.match(/-t(\d+)$/)?.[1] ?? "?"}`;
}

/** What somebody wrote, in one line, without secrets. */
export function quote(text: string): string {
  const line = redactedStart(withoutHidden(text).replace(/\s+/g, " ").trim(), longestQuote + 1);
  return line.length <= longestQuote ? line : `${line.slice(0, longestQuote - 1).trimEnd()}…`;
}

export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
