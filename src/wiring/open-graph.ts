import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Environment } from "../platform/config/environment.ts";
import { openEmbeddedGraph } from "../platform/graph/embedded-graph.ts";
import type { Graph } from "../platform/graph/graph.ts";
import { connectNeo4j } from "../platform/graph/neo4j-graph.ts";
import { ensureSchema } from "../platform/graph/schema.ts";

/** The source of truth that the environment names: Neo4j, else embedded in the data directory; its schema is set up. */
export async function openGraph(environment: Environment, logger: Logger): Promise<Graph> {
  const graph = await open(environment, logger);
  await ensureSchema(graph);
  return graph;
}

async function open({ neo4j, dataDir }: Environment, logger: Logger) {
  if (neo4j !== undefined) return connectNeo4j({ ...neo4j, password: neo4j.password ?? "", logger });
  await mkdir(dataDir, { recursive: true });
  return openEmbeddedGraph({ path: join(dataDir, "graph.grafeo"), logger });
}
