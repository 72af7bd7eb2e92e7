import { join } from "node:path";
import { pino } from "pino";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import { sampleRepositoryDirectory, sampleRepositoryName, sampleStories } from "../../src/playground/sample/script.ts";
import { startPlayground } from "../../src/playground/start-playground.ts";
import { inspectRoad, type Road } from "./inspect-road.ts";

const logger = pino({ level: "silent" });

/** The road that a demo which ended left in its data directory: its local GitHub and its graph are opened once more. */
export async function openDemo(dataDir: string): Promise<Road> {
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
      return await inspectRoad(playground, graph, title);
    } finally {
      await graph.close();
    }
  } finally {
    await playground.close();
  }
}
