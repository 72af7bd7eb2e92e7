import type { Graph } from "./graph.ts";

/** A graph whose schema can be set up. The engines' data definition languages differ, so each adapter brings its own. */
export interface SchemaGraph extends Graph {
  /** Which engine this is, for `doctor` and logs. */
  readonly engine: "neo4j" | "embedded";
  /** At most one node of `label` per value of `property`, which is then found without a scan. A no-op when it is there. */
  ensureUnique(label: string, property: string): Promise<void>;
  /** Nodes of `label` are found by `property` without a scan. A no-op when the index is there. */
  ensureIndex(label: string, property: string): Promise<void>;
}
