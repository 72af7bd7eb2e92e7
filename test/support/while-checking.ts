import { vi } from "vitest";
import type { Graph } from "../../src/platform/graph/graph.ts";

/** Resolves when a council's candidates are being checked: in the middle of the longest job of the road. */
export async function whileChecking(graph: Graph): Promise<void> {
  await vi.waitUntil(
    async () => (await graph.query("MATCH (d:Deliberation {status: 'checking'}) RETURN d.id AS id")).length > 0,
    { timeout: 120_000, interval: 20 },
  );
}
