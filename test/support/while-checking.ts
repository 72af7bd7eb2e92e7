import { vi } from "vitest";
import type { Graph } from "../../src/platform/graph/graph.ts";

/** Resolves when a council's candidates of this round are being checked: in the middle of the road's longest job. */
export async function whileChecking(graph: Graph, round: number): Promise<void> {
  await vi.waitUntil(
    async () =>
      (await graph.query("MATCH (d:Deliberation {status: 'checking', round: $round}) RETURN d.id AS id", { round }))
        .length > 0,
    { timeout: 120_000, interval: 20 },
  );
}
