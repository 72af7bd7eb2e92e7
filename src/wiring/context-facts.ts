import type { KnowledgeDeps } from "../context/application/knowledge-ports.ts";
import { readFacts } from "../context/application/read-facts.ts";
import type { ContextViewer } from "../context/domain/fact-queries.ts";
import type { GraphFacts } from "../context/domain/written-facts.ts";
import { readRows } from "../context/infrastructure/access/graph-entities.ts";
import type { Clock } from "../kernel/clock.ts";
import { system } from "../kernel/principal.ts";
import { createRecordAccesses } from "../monitoring/application/append-audit.ts";
import { audit } from "./audited-events.ts";
import type { CouncilContextDeps } from "./council-contexts.ts";

/**
 * Reads what contexts are made of from the graph, beside the code, as their reader may see it: an agent at its task, or the fleet
 * on behalf of a role where there is no task yet. The seats of a council share one context: the first one is who reads it.
 * Whoever is shown that context is on record as who asked for it.
 */
export function createContextFacts(deps: KnowledgeDeps & { readonly clock: Clock }): CouncilContextDeps["factsOf"] {
  const { clock } = deps;
  return async ({ story, task, feedback }, { role, phase, asker, purpose }): Promise<GraphFacts> => {
    const { installation, repository, id } = story;
    const viewer: ContextViewer = {
      ...{ installation, repository, role, task: task?.id ?? null, context: { story: id, phase } },
      principal: task === null ? system : { kind: "agent", role, number: 1 },
      roles: { known: true, roles: [role] },
    };
    const subject = { installation, repository, story: id, task: task?.id ?? null };
    const recordAccesses = createRecordAccesses({ ...audit, clock }, subject);
    const kept = await readFacts({ ...deps, readRows, recordAccesses }, { viewer, asker, purpose });
    return { ...kept, feedback };
  };
}
