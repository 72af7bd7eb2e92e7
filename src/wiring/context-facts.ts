import type { KnowledgeDeps } from "../context/application/knowledge-ports.ts";
import { readFacts } from "../context/application/read-facts.ts";
import type { Clock } from "../kernel/clock.ts";
import { contextViewer, readsAbout } from "./context-viewer.ts";
import type { CouncilContextDeps } from "./council-contexts.ts";

/**
 * Reads what contexts are made of from the graph, beside the code, as their reader may see it. Whoever is shown that context is on
 * record as who asked for it.
 */
export function createContextFacts(deps: KnowledgeDeps & { readonly clock: Clock }): CouncilContextDeps["factsOf"] {
  return async ({ feedback, ...subject }, { role, phase, asker, purpose }) => {
    const viewer = contextViewer(subject, role, phase);
    const kept = await readFacts({ ...deps, ...readsAbout(deps, subject) }, { viewer, asker, purpose });
    return { ...kept, feedback };
  };
}
