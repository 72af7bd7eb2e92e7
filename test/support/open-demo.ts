import { join } from "node:path";
import { pino } from "pino";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { sampleRepositoryDirectory, sampleRepositoryName, sampleStories } from "../../src/playground/sample/script.ts";
import { startPlayground } from "../../src/playground/start-playground.ts";
import { inspectRoad, type Road } from "./inspect-road.ts";

const logger = pino({ level: "silent" });

/**
 * The road that a demo which ended left in its data directory: its local GitHub and its graph are opened once more. `look`
 * sees the graph after that.
 */
export async function openDemo(dataDir: string, look?: (graph: Graph) => Promise<void>): Promise<Road> {
  const title = sampleStories()[0]?.title ?? "";
  const playground = await startPlayground({
    dataDir: join(dataDir, "demo", "playground"),
    webhookUrl: "http://127.0.0.1:9/api/github/webhooks",
    repository: { name: sampleRepositoryName, directory: sampleRepositoryDirectory },
    logger,
  });
  try {
    const graph = await openEmbeddedGraph({ path: join(dataDir, "demo", "fleet", "graph.grafeo"), logger });
    try {
      const road = await inspectRoad(playground, graph, title);
      await look?.(graph);
      return road;
    } finally {
      await graph.close();
    }
  } finally {
    await playground.close();
  }
}
