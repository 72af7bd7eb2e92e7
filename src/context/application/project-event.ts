import type { FleetEvent } from "../../kernel/event.ts";
import type { Transaction } from "../../kernel/transaction.ts";
import { type Known, projectionOf } from "../domain/projections.ts";
import { endsChapter, summaryText } from "../domain/summary.ts";
import { timelineTypes } from "../domain/timeline.ts";
import type { KnowledgeDeps } from "./knowledge-ports.ts";

/** A summary looks at so many of a story's events at most, the latest ones. */
const mostSummed = 500;

/**
 * Writes what an event says into the knowledge graph (DOMAIN.md §5). An event twice, late, or in any order among others makes
 * the same graph, so nothing remembers which ones were seen.
 */
export async function projectEvent(deps: KnowledgeDeps, event: FleetEvent): Promise<void> {
  if (saysNothing(event) && !(await isSummedUp(deps, event))) return;
  await deps.graph.write((tx) => project(deps, tx, event));
}

/** The same in the caller's transaction. */
export async function project(deps: KnowledgeDeps, tx: Transaction, event: FleetEvent): Promise<void> {
  await deps.knowledge.link(tx, projectionOf(event, await knownOf(deps, tx, event)));
  const { story } = event.subject;
  if (story === null) return;
  if (event.type === "context.updated" && event.payload.summary !== undefined)
    await deps.knowledge.saveSummary(tx, { story, by: "model", ...event.payload.summary });
  if (timelineTypes.includes(event.type)) await sumUp(deps, tx, story, event);
}

/** The end of a chapter has its story summed up; what comes late, after that was done, has it done once more. */
async function sumUp(deps: KnowledgeDeps, tx: Transaction, story: string, event: FleetEvent): Promise<void> {
  const known = await deps.knowledge.summaryForChange(tx, story);
  const late = known !== null && event.id <= known.upTo ? known : null;
  if (late === null ? !endsChapter(event) : late.by === "model") return;
  const { at, upTo } = late ?? { at: event.occurredAt, upTo: event.id };
  const text = summaryText(await eventsSummed(deps, tx, story, upTo));
  await deps.knowledge.saveSummary(tx, { story, text, by: "template", model: null, at, upTo });
}

/** The events that a summary up to one of them is made of, oldest first. */
export function eventsSummed(
  { readEvents }: Pick<KnowledgeDeps, "readEvents">,
  tx: Transaction,
  story: string,
  upTo: string,
): Promise<readonly FleetEvent[]> {
  return readEvents(tx, { types: timelineTypes, story, upTo, limit: mostSummed, last: true });
}

/** Most steps of a task hand nothing in, judge nothing and end nothing: they take no transaction. */
function saysNothing(event: FleetEvent): boolean {
  return event.type === "workflow.task.transitioned" && !endsChapter(event) && projectionOf(event).length === 0;
}

async function isSummedUp({ graph, knowledge }: KnowledgeDeps, { id, subject }: FleetEvent): Promise<boolean> {
  const { story } = subject;
  const summary = story === null ? null : await graph.read((tx) => knowledge.summaryOf(tx, story));
  return summary !== null && id <= summary.upTo;
}

async function knownOf({ knowledge }: KnowledgeDeps, tx: Transaction, event: FleetEvent): Promise<Known> {
  if (event.type === "planning.decision.recorded")
    return { named: await knowledge.decisionsNamedBy(tx, event.payload.decisionId) };
  // The links follow the epic and not the event: an older one that comes late changes nothing.
  if (event.type === "planning.epic.assigned")
    return { assigned: await knowledge.unassignEpic(tx, event.payload.epic) };
  if (event.type !== "deliberation.completed" || event.payload.kind !== "implementation") return {};
  const proposals = await knowledge.proposalsOf(tx, event.payload.deliberationId);
  return proposals === null ? {} : { proposals };
}
