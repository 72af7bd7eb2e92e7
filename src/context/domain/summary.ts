import type { FleetEvent } from "../../kernel/event.ts";
import { counted, quote, taskName } from "./timeline.ts";

/** Where a story stands, in a few lines. Untrusted where it quotes people and models. */
export type Summary = {
  readonly story: string;
  readonly text: string;
  /** How it was made; `template`: from the events alone, `model`: a model's words under what the events say. */
  readonly by: "template" | "model";
  /** The model's name; null where it was none. */
  readonly model: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The id of the last event that it tells of. */
  readonly upTo: string;
};

/** The ends of a task, and of a council's work, are when a story is summed up. */
export function endsChapter(event: FleetEvent): boolean {
  if (event.type === "deliberation.completed" || event.type === "deliberation.failed") return true;
  return (
    event.type === "workflow.task.transitioned" && (event.payload.to === "done" || event.payload.to === "cancelled")
  );
}

type TaskSoFar = {
  readonly state: string;
  readonly rounds: number;
  readonly rejections: number;
  readonly lastRejection: string | null;
};

type SoFar = {
  story: string | null;
  plan: string | null;
  ended: number;
  failed: number;
  /** Those of the plan that is in force, by name. */
  readonly tasks: Map<string, TaskSoFar>;
  /** What people said, by number; what gates said is with the tasks. */
  readonly decisions: Map<number, string>;
};

/** The latest decisions that a summary names. */
const mostDecisions = 5;

/** A story summed up from its events, in their order: the state, the plan, each task, the councils and the decisions. */
export function summaryText(events: readonly FleetEvent[]): string {
  const so = soFar(events);
  const latest = [...so.decisions].toSorted(([a], [b]) => b - a).slice(0, mostDecisions);
  return [
    ...standing(so),
    ...byName(so.tasks).map(taskLine),
    ...councils(so),
    ...(latest.length === 0 ? [] : [`Latest decisions: ${latest.map(([, text]) => text).join(" · ")}.`]),
  ].join("\n");
}

/** The same in one line: states and numbers, without what anybody said of a task or decided. */
export function summaryHeadline(events: readonly FleetEvent[]): string {
  const so = soFar(events);
  const tasks = byName(so.tasks).map(([name, { state }]) => `T${name.slice(1)} ${state}`);
  return [...standing(so), ...(tasks.length === 0 ? [] : [`${tasks.join(", ")}.`]), ...councils(so)].join(" ");
}

function soFar(events: readonly FleetEvent[]): SoFar {
  const so: SoFar = { story: null, plan: null, ended: 0, failed: 0, tasks: new Map(), decisions: new Map() };
  for (const event of events) take(so, event);
  return so;
}

function standing({ story, plan }: SoFar): readonly string[] {
  return [story, plan].filter((line) => line !== null);
}

function councils({ ended, failed }: SoFar): readonly string[] {
  return ended + failed === 0 ? [] : [`${counted(ended + failed, "council")} over, ${failed} without a result.`];
}

function byName(tasks: SoFar["tasks"]): readonly (readonly [string, TaskSoFar])[] {
  return [...tasks].toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
}

function take(so: SoFar, event: FleetEvent): void {
  switch (event.type) {
    case "planning.story.transitioned":
      so.story = `The story is in ${event.payload.to} since ${event.occurredAt.slice(0, 16)}Z.`;
      return;
    case "planning.plan.derived":
      so.plan = `${planName(event.payload)} waits for approval.`;
      return;
    case "planning.plan.approved":
      // By the product owner, whoever that is: agents that need not know people are given the summary as well.
      so.plan = `${planName(event.payload)}, approved.`;
      so.tasks.clear();
      return;
    case "planning.plan.rejected":
      so.plan = `Plan ${event.payload.planVersion} was rejected: “${quote(event.payload.feedback)}”`;
      return;
    case "planning.decision.recorded": {
      const { number, category, status, title } = event.payload;
      if (category === "stated") so.decisions.set(number, `D${number} (${status}) “${quote(title)}”`);
      return;
    }
    case "workflow.task.assigned":
    case "workflow.task.transitioned":
      so.tasks.set(taskName(event), taskAfter(so.tasks.get(taskName(event)), event));
      return;
    case "deliberation.completed":
      so.ended += 1;
      return;
    case "deliberation.failed":
      so.failed += 1;
      return;
    default:
  }
}

function planName({ planVersion, tasks }: FleetEvent<"planning.plan.derived" | "planning.plan.approved">["payload"]) {
  return `Plan ${planVersion} of ${counted(tasks.length, "task")}`;
}

function taskAfter(
  before: TaskSoFar = { state: "todo", rounds: 0, rejections: 0, lastRejection: null },
  event: FleetEvent<"workflow.task.assigned" | "workflow.task.transitioned">,
): TaskSoFar {
  if (event.type === "workflow.task.assigned")
    return { ...before, rounds: Math.max(before.rounds, event.payload.round) };
  const { to, action, reason } = event.payload;
  if (!action.startsWith("reject-")) return { ...before, state: to };
  return { ...before, state: to, rejections: before.rejections + 1, lastRejection: reason };
}

function taskLine([name, { state, rounds, rejections, lastRejection }]: readonly [string, TaskSoFar]): string {
  const again = rejections === 0 ? "" : `, rejected ${counted(rejections, "time")}`;
  const why = lastRejection === null ? "" : `; last: “${quote(lastRejection)}”`;
  return `T${name.slice(1)}: ${state} after ${counted(rounds, "round")}${again}${why}.`;
}
