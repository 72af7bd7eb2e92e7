import type { FleetEvent } from "../../kernel/event.ts";
import { principalName } from "../../kernel/principal.ts";

type Colour = (text: string) => string;

/** The colours that the view uses; the identity functions where there are none. */
export type Paint = Readonly<Record<"bold" | "dim" | "green" | "red" | "cyan", Colour>>;

/** One line of the live view for an event, or null for events that say nothing new to a person. */
export function eventLine(event: FleetEvent, paint: Paint): string | null {
  switch (event.type) {
    case "planning.story.created":
      return `${paint.cyan("story")}    created: ${event.payload.title}`;
    case "planning.story.transitioned": {
      const { from, to, action, principal } = event.payload;
      return `${paint.cyan("story")}    ${from} → ${paint.bold(to)} ${paint.dim(`${action}, ${principalName(principal)}`)}`;
    }
    case "planning.plan.derived":
      return `${paint.cyan("plan")}     ${event.payload.tasks.length} task(s): ${event.payload.tasks.map(({ title }) => title).join(" · ")}`;
    case "workflow.task.assigned":
      return `${paint.cyan(taskName(event))}  round ${event.payload.round} goes to ${event.payload.assignee.kind === "council" ? "the council" : principalName(event.payload.assignee.principal)}`;
    case "workflow.task.transitioned": {
      const { from, to, action, principal, reason } = event.payload;
      const rejected = to.endsWith("-rejected") || to.endsWith("-failed");
      const why = rejected && reason !== null ? ` ${paint.red(`“${reason}”`)}` : "";
      return `${paint.cyan(taskName(event))}  ${from} → ${paint.bold(to)} ${paint.dim(`${action}, ${principalName(principal)}`)}${why}`;
    }
    case "deliberation.started":
      return `${paint.cyan("council")}  ${event.payload.kind} deliberation started`;
    case "deliberation.postponed":
      return `${paint.cyan("council")}  waits: ${event.payload.reason}`;
    case "deliberation.tokens-allowed":
      return `${paint.cyan("council")}  may use ${moreText(event.payload)} more`;
    case "deliberation.completed":
      return `${paint.cyan("council")}  ${event.payload.winner === null && event.payload.plan === null ? paint.red(event.payload.reason) : paint.green(event.payload.reason)}`;
    case "deliberation.failed":
      return `${paint.cyan("council")}  ${paint.red(`failed: ${event.payload.reason}`)}`;
    case "workflow.story.tasks-completed":
      return `${paint.cyan("story")}    every task is done and merged`;
    case "access.denied":
      return `${paint.red("refused")}  ${principalName(event.payload.principal)}: ${event.payload.text}`;
    default:
      return null;
  }
}

function taskName(event: FleetEvent): string {
  return `task ${event.subject.task?.match(/t\d+$/)?.[0] ?? "?"}`;
}

function moreText({ tokens, minutes }: FleetEvent<"deliberation.tokens-allowed">["payload"]): string {
  return minutes > 0 ? `${minutes.toLocaleString("en")} minutes` : `${tokens.toLocaleString("en")} tokens`;
}
