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
  if (saysNothing(event)) return;
  await deps.graph.write((tx) => project(deps, tx, event));
}

/** The same in the caller's transaction. */
export async function project(deps: KnowledgeDeps, tx: Transaction, event: FleetEvent): Promise<void> {
  await deps.knowledge.link(tx, projectionOf(event, await knownOf(deps, tx, event)));
  const { story } = event.subject;
  if (story === null) return;
  if (event.type === "context.updated" && event.payload.summary !== undefined)
    await deps.knowledge.saveSummary(tx, { story, by: "model", ...event.payload.summary });
  if (!endsChapter(event)) return;
  const text = summaryText(await eventsSummed(deps, tx, story, event.id));
  const made = { text, by: "template", model: null, at: event.occurredAt, upTo: event.id } as const;
  await deps.knowledge.saveSummary(tx, { story, ...made });
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
