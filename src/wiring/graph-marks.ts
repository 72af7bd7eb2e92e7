import { z } from "zod";
import type { Graph } from "../platform/graph/graph.ts";

const row = z.object({ text: z.string() });

/** How far something got that goes on after a restart, under a name, on a node of its own. */
export function createGraphMark<T>(graph: Graph, name: string, schema: z.ZodType<T>) {
  return {
    async load(): Promise<T | null> {
      const rows = await graph.query("MATCH (m:Mark {id: $name}) RETURN m.text AS text", { name });
      return rows[0] === undefined ? null : schema.parse(JSON.parse(row.parse(rows[0]).text));
    },
    async save(value: T): Promise<void> {
      const text = JSON.stringify(value);
      await graph.write((tx) => tx.run("MERGE (m:Mark {id: $name}) SET m.text = $text", { name, text }));
    },
  };
}
