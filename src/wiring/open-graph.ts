import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { RetryableError } from "../kernel/errors.ts";
import type { Probe } from "../monitoring/application/check-readiness.ts";
import type { Environment } from "../platform/config/environment.ts";
import { openEmbeddedGraph } from "../platform/graph/embedded-graph.ts";
import type { Graph } from "../platform/graph/graph.ts";
import { connectNeo4j } from "../platform/graph/neo4j-graph.ts";
import { ensureSchema } from "../platform/graph/schema.ts";

/** The longest pause between two attempts to reach a graph that is away, in milliseconds. */
const longestPauseMs = 15_000;

/**
 * Opens the source of truth that the environment names: Neo4j, else embedded in the data directory; its schema is set
 * up. A Neo4j that is away is waited for, with readiness red, instead of ending the process: a crash loop helps nobody.
 *
 * @throws ConfigurationError for settings that no waiting mends.
 */
export async function openGraph(environment: Environment, logger: Logger, probes: Probe[]): Promise<Graph> {
  const state: { graph: Graph | null; why: string } = { graph: null, why: "it is being opened" };
  probes.push({
    name: "graph",
    ping: () => state.graph?.ping() ?? Promise.reject(new Error(state.why)),
  });
  for (let attempt = 0; ; attempt += 1) {
    try {
      const graph = await open(environment, logger);
      state.graph = graph;
      return graph;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      state.why = error.message;
      const pauseMs = Math.min(longestPauseMs, 500 * 2 ** Math.min(attempt, 5));
      logger.warn({ reason: error.message, pauseMs }, "the graph is away; trying again");
      await wait(pauseMs);
    }
  }
}

async function open({ neo4j, dataDir }: Environment, logger: Logger): Promise<Graph> {
  if (neo4j === undefined) await mkdir(dataDir, { recursive: true });
  const graph =
    neo4j === undefined
      ? await openEmbeddedGraph({ path: join(dataDir, "graph.grafeo"), logger })
      : await connectNeo4j({ ...neo4j, password: neo4j.password ?? "", logger });
  try {
    await ensureSchema(graph);
    return graph;
  } catch (error) {
    await graph.close();
    throw error;
  }
}
