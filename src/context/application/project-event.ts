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
  if (story === null || !endsChapter(event)) return;
  const asked = { types: timelineTypes, story, upTo: event.id, limit: mostSummed, last: true } as const;
  const text = summaryText(await deps.readEvents(tx, asked));
  await deps.knowledge.saveSummary(tx, { story, text, by: "template", at: event.occurredAt, upTo: event.id });
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
