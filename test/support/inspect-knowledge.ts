import { rebuildGraph } from "../../src/context/application/rebuild-graph.ts";
import { graphNodes, relationshipShapes } from "../../src/context/domain/graph-model.ts";
import { graphKnowledge } from "../../src/context/infrastructure/graph-knowledge.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { readEvents } from "../../src/platform/outbox/read-events.ts";

/** A graph that a whole run left, against the model, and made anew from its events. */
export type Knowledge = {
  /** Labels and relationships that the model does not know. */
  readonly strange: readonly string[];
  /** How many relationships of each kind there are. */
  readonly links: Readonly<Record<string, number>>;
  /** Every node and relationship, before a rebuild and after it. */
  readonly before: readonly string[];
  readonly rebuilt: readonly string[];
};

export async function inspectKnowledge(graph: Graph): Promise<Knowledge> {
  const nodes = await graph.query("MATCH (n) RETURN DISTINCT labels(n) AS labels");
  const labels = nodes.flatMap((row) => (Array.isArray(row["labels"]) ? row["labels"].map(String) : []));
  const shapes = await graph.query(
    "MATCH (a)-[r]->(b) RETURN labels(a) AS a, type(r) AS type, labels(b) AS b, count(r) AS count",
  );
  const links = Object.fromEntries(
    shapes.map(({ a, type, b, count }) => [`${labelOf(a)} ${type} ${labelOf(b)}`, Number(count)]),
  );
  const known = new Set(relationshipShapes.map(({ from, type, to }) => `${from} ${type} ${to}`));
  const before = await everything(graph);
  await rebuildGraph({ graph, knowledge: graphKnowledge, readEvents });
  return {
    strange: [
      ...labels.filter((label) => !Object.hasOwn(graphNodes, label)),
      ...Object.keys(links).filter((shape) => !known.has(shape)),
    ],
    links,
    before,
    rebuilt: await everything(graph),
  };
}

/** Without the second label of the code's index. */
function labelOf(labels: unknown): string {
  return Array.isArray(labels) ? labels.filter((label) => label !== "Code").join() : "";
}

async function everything(graph: Graph): Promise<readonly string[]> {
  const nodes = await graph.query("MATCH (n) RETURN labels(n) AS labels, n {.*} AS node");
  const links = await graph.query("MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, b.id AS b, b.at AS at");
  return [...nodes, ...links].map((row) => JSON.stringify(row, sorted)).sort();
}

function sorted(_: string, value: unknown): unknown {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
