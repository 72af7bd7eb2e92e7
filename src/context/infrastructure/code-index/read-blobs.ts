import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import { nodeId } from "./layer-ids.ts";
import { recall } from "./layer-memory.ts";
import { isSeen, layersOf, type View } from "./view.ts";

const row = z.object({ id: z.string(), blob: z.string() });

/** Git's ids of the contents of files, by path; a path that the view does not hold is absent. */
export async function readBlobs(
  tx: Transaction,
  view: View,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await recall(
    view.memory.blobs,
    layersOf(view).flatMap((layer) => paths.map((path) => nodeId(layer, path))),
    async (ids) => {
      const rows = await tx.run("UNWIND $ids AS id MATCH (n:File {id: id}) RETURN n.id AS id, n.blob AS blob", { ids });
      return new Map(
        z
          .array(row)
          .parse(rows)
          .map(({ id, blob }) => [id, blob]),
      );
    },
  );
  const blobs = new Map<string, string>();
  for (const path of paths) {
    const layer = layersOf(view).find((each) => isSeen(view, each, path) && found.has(nodeId(each, path)));
    const blob = layer === undefined ? undefined : found.get(nodeId(layer, path));
    if (blob !== undefined) blobs.set(path, blob);
  }
  return blobs;
}
