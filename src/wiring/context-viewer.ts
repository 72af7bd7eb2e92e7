import type { ReadEntitiesDeps } from "../context/application/access/ports.ts";
import type { ContextRole } from "../context/domain/block-table.ts";
import type { ContextViewer } from "../context/domain/fact-queries.ts";
import type { Phase } from "../context/domain/phase.ts";
import { readRows } from "../context/infrastructure/access/graph-entities.ts";
import type { StoryFacts, TaskFacts } from "../deliberation/application/use-case-ports.ts";
import type { Clock } from "../kernel/clock.ts";
import { system } from "../kernel/principal.ts";
import type { UnitOfWork } from "../kernel/transaction.ts";
import { createRecordAccesses } from "../monitoring/application/append-audit.ts";
import { audit } from "./audited-events.ts";

/** What a context is about. */
export type ContextSubject = {
  readonly story: Pick<StoryFacts, "installation" | "repository" | "id">;
  readonly task: Pick<TaskFacts, "id"> | null;
};

/**
 * Who reads for a context: an agent at its task, or the fleet on behalf of a role where there is no task yet. The seats of a
 * council share one context: the first one is who reads it.
 */
export function contextViewer({ story, task }: ContextSubject, role: ContextRole, phase: Phase): ContextViewer {
  const { installation, repository, id } = story;
  return {
    ...{ installation, repository, role, task: task?.id ?? null, context: { story: id, phase } },
    principal: task === null ? system : { kind: "agent", role, number: 1 },
    roles: { known: true, roles: [role] },
  };
}

/** The graph by the rules of access, with a record of each access beside what it is about. */
export function readsAbout(
  { graph, clock }: { readonly graph: UnitOfWork; readonly clock: Clock },
  { story: { installation, repository, id }, task }: ContextSubject,
): ReadEntitiesDeps {
  const subject = { installation, repository, story: id, task: task?.id ?? null };
  return { graph, readRows, recordAccesses: createRecordAccesses({ ...audit, clock }, subject) };
}
