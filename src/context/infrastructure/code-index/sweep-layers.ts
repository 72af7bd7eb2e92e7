import { z } from "zod";
import type { Graph } from "../../../platform/graph/graph.ts";
import { lockName } from "../../../platform/graph/lock-name.ts";
import { layersToDrop } from "../../domain/code/layers-to-drop.ts";
import { lockOf } from "./layer-ids.ts";

const nullable = z
  .string()
  .nullish()
  .transform((id) => id ?? null);
const layerRow = z.object({
  id: z.string(),
  base: nullable,
  state: z.enum(["building", "ready", "dropped"]),
  number: z.int(),
  touchedAt: z.int(),
});
const branchRow = z.object({
  id: z.string(),
  base: z.string(),
  overlay: nullable,
  previous: nullable,
  publishedAt: z.int(),
});

/** The labels of what a layer holds. */
const labels = ["Code", "CodeOutline", "CodeKeys", "Term", "FileHistory", "LeftOut"] as const;
const deletedAtOnce = 2_000;

/**
 * Takes away the layers that nothing is read from any more. They are marked first, under the repository's lock, so that no
 * indexer builds on them; what a sweep that died has left is taken up by the next one.
 */
export async function sweepLayers(graph: Graph, repository: number, now: number): Promise<void> {
  const dropped = await graph.write(async (tx) => {
    await lockName(tx, lockOf(repository));
    const layers = await tx.run(
      `MATCH (l:CodeLayer {repository: $repository})
       RETURN l.id AS id, l.base AS base, l.state AS state, l.number AS number, l.touchedAt AS touchedAt`,
      { repository },
    );
    const branches = await tx.run(
      `MATCH (b:CodeBranch {repository: $repository})
       RETURN b.id AS id, b.base AS base, b.overlay AS overlay, b.previous AS previous, b.publishedAt AS publishedAt`,
      { repository },
    );
    const drop = layersToDrop(z.array(layerRow).parse(layers), z.array(branchRow).parse(branches), now);
    await tx.run("UNWIND $ids AS id MATCH (l:CodeLayer {id: id}) SET l.state = 'dropped'", { ids: drop.layers });
    await tx.run("UNWIND $ids AS id MATCH (b:CodeBranch {id: id}) DELETE b", { ids: drop.branches });
    return drop.layers;
  });
  for (const layer of dropped) await deleteLayer(graph, layer);
}

async function deleteLayer(graph: Graph, layer: string): Promise<void> {
  for (const label of labels) {
    const cypher = `MATCH (n:${label} {layer: $layer}) WITH n LIMIT $most DETACH DELETE n RETURN count(n) AS deleted`;
    for (;;) {
      const rows = await graph.write((tx) => tx.run(cypher, { layer, most: deletedAtOnce }));
      if (rows[0]?.["deleted"] !== deletedAtOnce) break;
    }
  }
  await graph.write((tx) => tx.run("MATCH (l:CodeLayer {id: $layer}) DELETE l", { layer }));
}
