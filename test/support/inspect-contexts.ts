import { z } from "zod";
import type { Graph } from "../../src/platform/graph/graph.ts";

/** What a whole run left of the contexts that councils were given. */
export type ContextsGiven = {
  /** The hash that each council's record names. */
  readonly hashes: readonly string[];
  /** What was read for them, as the audit tells it: one line for each access. */
  readonly reads: readonly string[];
};

const councilRow = z.object({ hash: z.string() });
const recordRow = z.object({ name: z.string(), role: z.string(), action: z.string(), detail: z.string() });

export async function inspectContexts(graph: Graph): Promise<ContextsGiven> {
  const councils = await graph.query("MATCH (d:Deliberation) RETURN d.contextHash AS hash");
  const records = await graph.query(
    `MATCH (r:AuditRecord) WHERE r.action STARTS WITH 'read '
     RETURN r.name AS name, r.role AS role, r.action AS action, r.detail AS detail ORDER BY r.sequence`,
  );
  return {
    hashes: councils.map((row) => councilRow.parse(row).hash),
    reads: records.map((row) => {
      const { name, role, action, detail } = recordRow.parse(row);
      return `${name} as ${role}, ${action}: ${detail}`;
    }),
  };
}
