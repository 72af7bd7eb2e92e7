import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { FileHistory } from "../../application/code-index-ports.ts";
import type { Together } from "../../domain/code/history.ts";
import { historyId } from "./layer-ids.ts";
import { recall } from "./layer-memory.ts";
import { layersOf, type View } from "./view.ts";

/** One file's row of the history: what it changed with, and how often. */
export const historyRow = z
  .object({ path: z.string(), changes: z.int(), together: z.array(z.string()), commits: z.array(z.int()) })
  .transform(
    ({ path, changes, together, commits }): FileHistory => ({
      path,
      changes,
      together: together.map((other, at) => ({ path: other, commits: commits[at] ?? 0 })),
    }),
  );

const idRow = z.object({ id: z.string() });

/** The histories of files; of one that no commit of the looked at changed there is none. */
async function readHistories(
  tx: Transaction,
  view: View,
  paths: readonly string[],
): Promise<ReadonlyMap<string, FileHistory>> {
  // What lies over the base comes last, and so it is what counts.
  const layers = [...layersOf(view)].reverse();
  const found = new Map<string, FileHistory>();
  const read = await recall(
    view.memory.histories,
    layers.flatMap((layer) => paths.map((path) => historyId(layer, path))),
    async (ids) => {
      const rows = await tx.run(
        `UNWIND $ids AS id MATCH (h:FileHistory {id: id})
         RETURN h.id AS id, h.path AS path, h.changes AS changes, h.together AS together, h.commits AS commits`,
        { ids },
      );
      return new Map(rows.map((row) => [idRow.parse(row).id, historyRow.parse(row)]));
    },
  );
  for (const layer of layers) {
    for (const path of paths) {
      const history = read.get(historyId(layer, path));
      if (history !== undefined) found.set(path, history);
    }
  }
  return found;
}

/** What changed in the same commits as each of these files; nothing for one that no habit is known of. */
export async function readTogether(
  tx: Transaction,
  view: View,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly Together[]>> {
  const histories = await readHistories(tx, view, paths);
  return new Map(paths.map((path) => [path, histories.get(path)?.together ?? []]));
}
