import { z } from "zod";
import { RetryableError } from "../../../kernel/errors.ts";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { Graph } from "../../../platform/graph/graph.ts";
import type { CodeIndex } from "../../domain/code/code-index.ts";
import { branchId } from "./layer-ids.ts";
import { createLayerMemory, type LayerMemory, recall, type StoredLayer } from "./layer-memory.ts";
import { readBlobs, readEntries, readNamed } from "./read-entries.ts";
import { readNeighbours } from "./read-neighbours.ts";
import { readPostings } from "./read-postings.ts";
import { readTogether } from "./read-together.ts";
import { edgeOf, layerFormat, layersOf, type View } from "./view.ts";

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
const layerRow = z.object({
  id: z.string(),
  format: z.int(),
  documents: z.int(),
  masked: texts,
  ended: texts,
  appeared: texts,
});

/** An index in the graph: it keeps of each file where git has its text. */
export type GraphCodeIndex = CodeIndex & {
  /** False: an older version of the fleet made it, and it is to be made anew. */
  readonly isCurrent: boolean;
  /** Git's ids of files' contents by path; what the index does not hold is absent. */
  blobs(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Many reads as one: whether the index was taken away meanwhile is asked once, at the end. */
  reading<T>(work: (index: CodeIndex) => Promise<T>): Promise<T>;
};

/**
 * Opens the index of a branch as it is published now; null where it has none. What it answers stays that commit's: once it
 * was taken away for newer ones, its reads are refused with a `RetryableError`, and who opens it again reads the newest. Who
 * opens indexes over and over has one `memory` for all of them.
 */
export async function openGraphCodeIndex(
  graph: Graph,
  repository: number,
  branch: string,
  memory = createLayerMemory(),
): Promise<GraphCodeIndex | null> {
  const opened = await graph.read((tx) => open(tx, branchId(repository, branch), memory));
  if (opened === null) return null;
  const { commit, documents, isCurrent, view } = opened;
  const read = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    graph.read(async (tx) => {
      const answer = await work(tx);
      await mustStillBe(tx, view);
      return answer;
    });
  const indexOn = (each: typeof read): CodeIndex => ({
    commit,
    documents: async () => documents,
    postings: (terms, most) => each((tx) => readPostings(tx, view, terms, most)),
    named: (names, most) => each((tx) => readNamed(tx, view, names, most)),
    entries: (keys) => each((tx) => readEntries(tx, view, keys)),
    neighbours: (keys, mostEach) => each((tx) => readNeighbours(tx, view, keys, mostEach)),
    together: (paths) => each((tx) => readTogether(tx, view, paths)),
  });
  return {
    ...indexOn(read),
    isCurrent,
    blobs: (paths) =>
      graph.read(async (tx) => {
        const blobs = await readBlobs(tx, view, paths);
        // What is found is true whatever became of the index.
        if (paths.some((path) => !blobs.has(path))) await mustStillBe(tx, view);
        return blobs;
      }),
    async reading(work) {
      const answer = await work(indexOn((one) => graph.read(one)));
      await graph.read((tx) => mustStillBe(tx, view));
      return answer;
    },
  };
}

async function open(tx: Transaction, id: string, memory: LayerMemory) {
  const [found] = await tx.run(
    "MATCH (b:CodeBranch {id: $id}) RETURN b.commit AS commit, b.base AS base, b.overlay AS overlay",
    { id },
  );
  if (found === undefined) return null;
  const { commit, base, overlay } = row.parse(found);
  const top = overlay ?? base;
  const layers = await recall(memory.layers, [top, base], (ids) => readLayers(tx, ids));
  const layer = layers.get(top);
  if (layer === undefined) throw new RetryableError("The index of this branch was made anew meanwhile.", 0);
  const { documents, masked, ended, appeared } = layer;
  const isCurrent = layers.get(base)?.format === layerFormat;
  const edges = { ended: new Set(ended), appeared: appeared.map(edgeOf) };
  const view: View = { base, overlay, masked: new Set(masked), ...edges, memory };
  return { commit, documents, isCurrent, view };
}

async function readLayers(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, StoredLayer>> {
  const rows = await tx.run(
    `UNWIND $ids AS id MATCH (l:CodeLayer {id: id})
     RETURN l.id AS id, l.format AS format, l.documents AS documents, l.masked AS masked, l.ended AS ended,
       l.appeared AS appeared`,
    { ids },
  );
  return new Map(
    z
      .array(layerRow)
      .parse(rows)
      .map((layer) => [layer.id, layer]),
  );
}

/** After a read: a layer is marked before anything of it is taken away. */
async function mustStillBe(tx: Transaction, view: View): Promise<void> {
  const ids = layersOf(view);
  const rows = await tx.run("UNWIND $ids AS id MATCH (l:CodeLayer {id: id}) RETURN l.state AS state", { ids });
  if (rows.length !== ids.length || rows.some(({ state }) => state !== "ready"))
    throw new RetryableError("The index of this commit was taken away for newer ones.", 0);
}
