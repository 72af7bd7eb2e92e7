import { LRUCache } from "lru-cache";
import { z } from "zod";
import { RetryableError } from "../../../kernel/errors.ts";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { Graph } from "../../../platform/graph/graph.ts";
import type { CodeIndex } from "../../domain/code/code-index.ts";
import { branchId } from "./layer-ids.ts";
import { readEntries, readNamed } from "./read-entries.ts";
import { readNeighbours } from "./read-neighbours.ts";
import { readPostings } from "./read-postings.ts";
import { readTogether } from "./read-together.ts";
import { edgeOf, layersOf, type View } from "./view.ts";

/** Groups of 128 keys; some 8 MiB. */
const rememberedGroups = 1_000;

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const row = z.object({
  commit: z.string(),
  base: z.string(),
  overlay: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
});
const layerRow = z.object({ documents: z.int(), masked: texts, ended: texts, appeared: texts });

/**
 * Opens the index of a branch as it is published now; null where it has none. What it answers stays that commit's: once it
 * was taken away for newer ones, its reads are refused with a `RetryableError`, and who opens it again reads the newest.
 */
export async function openGraphCodeIndex(graph: Graph, repository: number, branch: string): Promise<CodeIndex | null> {
  const opened = await graph.read((tx) => open(tx, branchId(repository, branch)));
  if (opened === null) return null;
  const { commit, documents, view } = opened;
  const read = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    graph.read(async (tx) => {
      const answer = await work(tx);
      await mustStillBe(tx, view);
      return answer;
    });
  return {
    commit,
    documents: async () => documents,
    postings: (terms, most) => read((tx) => readPostings(tx, view, terms, most)),
    named: (names, most) => read((tx) => readNamed(tx, view, names, most)),
    entries: (keys) => read((tx) => readEntries(tx, view, keys)),
    neighbours: (keys, mostEach) => read((tx) => readNeighbours(tx, view, keys, mostEach)),
    together: (paths) => read((tx) => readTogether(tx, view, paths)),
  };
}

async function open(tx: Transaction, id: string) {
  const [found] = await tx.run(
    "MATCH (b:CodeBranch {id: $id}) RETURN b.commit AS commit, b.base AS base, b.overlay AS overlay",
    { id },
  );
  if (found === undefined) return null;
  const { commit, base, overlay } = row.parse(found);
  const [layer] = await tx.run(
    `MATCH (l:CodeLayer {id: $id})
     RETURN l.documents AS documents, l.masked AS masked, l.ended AS ended, l.appeared AS appeared`,
    { id: overlay ?? base },
  );
  const { documents, masked, ended, appeared } = layerRow.parse(layer);
  const keys = new LRUCache<string, readonly string[]>({ max: rememberedGroups });
  const edges = { ended: new Set(ended), appeared: appeared.map(edgeOf) };
  const view: View = { base, overlay, masked: new Set(masked), ...edges, keys };
  return { commit, documents, view };
}

/** After a read: a layer is marked before anything of it is taken away. */
async function mustStillBe(tx: Transaction, view: View): Promise<void> {
  const ids = layersOf(view);
  const rows = await tx.run("UNWIND $ids AS id MATCH (l:CodeLayer {id: id}) RETURN l.state AS state", { ids });
  if (rows.length !== ids.length || rows.some(({ state }) => state !== "ready"))
    throw new RetryableError("The index of this commit was taken away for newer ones.", 0);
}
