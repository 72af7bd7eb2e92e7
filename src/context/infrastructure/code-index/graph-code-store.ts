import { setImmediate as turn } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { RetryableError } from "../../../kernel/errors.ts";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { Graph } from "../../../platform/graph/graph.ts";
import { lockName } from "../../../platform/graph/lock-name.ts";
import type { CodeStore, IndexedBranch, NewLayer, Publication } from "../../application/code-index-ports.ts";
import type { CodeFile } from "../../domain/code/code-graph.ts";
import { type LeftOutReason, leftOutReasons } from "../../domain/code/left-out.ts";
import type { IndexedTree } from "../../domain/code/tree-difference.ts";
import { createLayerWriter } from "./graph-layer-writer.ts";
import { branchId, listId, lockOf } from "./layer-ids.ts";
import { historyRow } from "./read-together.ts";
import { recordCommits } from "./record-commits.ts";
import { commitsWithoutSymbols, recordSymbols } from "./record-symbols.ts";
import { readFacts } from "./stored-facts.ts";
import { sweepLayers } from "./sweep-layers.ts";
import { layerFormat } from "./view.ts";

/** Files between two turns of others, while what is stored of them is parsed. */
const filesAtOnce = 100;

/** Characters of trees that are in memory between two indexings of a repository. */
const rememberedCharacters = 64 * 1024 * 1024;

const branchRow = z.object({
  commit: z.string(),
  base: z.string(),
  overlay: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  version: z.int(),
});
const baseRow = z.object({ id: z.string(), commit: z.string(), documents: z.int() });
const fileRow = z.object({ path: z.string(), blob: z.string(), facts: z.string() });
const isReason = (value: unknown): value is LeftOutReason =>
  typeof value === "string" && Object.hasOwn(leftOutReasons, value);
const leftOutRow = z.object({
  path: z.string(),
  reason: z.custom<LeftOutReason>(isReason),
  blob: z.string().nullable(),
});
/** Keeps the indexes of all repositories in the graph. `now` is epoch ms. */
export function createGraphCodeStore(graph: Graph, now: () => number): CodeStore {
  const trees = new LRUCache<string, IndexedTree>({
    maxSize: rememberedCharacters,
    maxEntrySize: rememberedCharacters,
  });
  return {
    branch: (repository, branch) => graph.read((tx) => readBranch(tx, repository, branch)),
    async bases(repository) {
      const rows = await graph.query(
        `MATCH (l:CodeLayer {repository: $repository})
         WITH l WHERE l.base IS NULL AND l.state = 'ready' AND l.format = $format
         RETURN l.id AS id, l.commit AS commit, l.documents AS documents ORDER BY l.number DESC`,
        { repository, format: layerFormat },
      );
      return z.array(baseRow).parse(rows);
    },
    async tree(layer) {
      const known = trees.get(layer);
      if (known !== undefined) return known;
      const { tree, characters } = await readTree(graph, layer);
      trees.set(layer, tree, { size: Math.max(1, characters) });
      return tree;
    },
    async histories(layer) {
      const rows = await graph.query(
        `MATCH (h:FileHistory {layer: $layer})
         RETURN h.path AS path, h.changes AS changes, h.together AS together, h.commits AS commits`,
        { layer },
      );
      return z.array(historyRow).parse(rows);
    },
    async documentsWith(layer, words) {
      const byId = new Map(words.map((each) => [listId(layer, each.kind, each.word), each]));
      const rows = await graph.query(
        "UNWIND $ids AS id MATCH (t:Term {id: id}) RETURN t.id AS id, t.documents AS documents",
        { ids: [...byId.keys()] },
      );
      return z
        .array(z.object({ id: z.string(), documents: z.int() }))
        .parse(rows)
        .flatMap(({ id, documents }) => {
          const word = byId.get(id);
          return word === undefined ? [] : [{ ...word, documents }];
        });
    },
    async begin(wanted) {
      const layer = await graph.write((tx) => beginLayer(tx, wanted, now()));
      return createLayerWriter(graph, layer, wanted.base, now);
    },
    publish: (publication) => graph.write((tx) => publish(tx, publication, now())),
    recordCommits: (...written) => recordCommits(graph, ...written),
    withoutSymbols: (...asked) => commitsWithoutSymbols(graph, ...asked),
    recordSymbols: (...changes) => recordSymbols(graph, ...changes),
    sweep: (repository) => sweepLayers(graph, repository, now()),
  };
}

async function readBranch(tx: Transaction, repository: number, branch: string): Promise<IndexedBranch | null> {
  const rows = await tx.run(
    `MATCH (b:CodeBranch {id: $id})
     RETURN b.commit AS commit, b.base AS base, b.overlay AS overlay, b.version AS version`,
    { id: branchId(repository, branch) },
  );
  if (rows[0] === undefined) return null;
  const stored = branchRow.parse(rows[0]);
  const [layer] = await tx.run("MATCH (l:CodeLayer {id: $id}) RETURN l.format AS format", { id: stored.base });
  return { ...stored, isCurrent: layer?.["format"] === layerFormat };
}

async function readTree(graph: Graph, layer: string): Promise<{ tree: IndexedTree; characters: number }> {
  const files = await graph.query(
    "MATCH (f:File {layer: $layer}) RETURN f.path AS path, f.blob AS blob, f.facts AS facts",
    { layer },
  );
  const leftOut = await graph.query(
    "MATCH (f:LeftOut {layer: $layer}) RETURN f.path AS path, f.reason AS reason, f.blob AS blob",
    { layer },
  );
  const read: CodeFile[] = [];
  let characters = 0;
  for (const found of files) {
    const { path, blob, facts } = fileRow.parse(found);
    read.push(readFacts(path, blob, facts));
    characters += facts.length;
    if (read.length % filesAtOnce === 0) await turn();
  }
  read.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { tree: { files: read, leftOut: z.array(leftOutRow).parse(leftOut) }, characters };
}

async function beginLayer(tx: Transaction, layer: NewLayer, now: number): Promise<string> {
  const lock = lockOf(layer.repository);
  await lockName(tx, lock);
  if (layer.base !== null) await mustBeReady(tx, layer.base);
  const [row] = await tx.run("MATCH (m:Mark {id: $id}) SET m.last = coalesce(m.last, 0) + 1 RETURN m.last AS number", {
    id: lock,
  });
  const number = z.int().parse(row?.["number"]);
  const id = `${branchId(layer.repository, layer.branch)}@${number}`;
  const properties = { ...layer, id, number, format: layerFormat, state: "building", touchedAt: now };
  await tx.run("CREATE (l:CodeLayer) SET l += $properties", { properties });
  return id;
}

async function mustBeReady(tx: Transaction, layer: string): Promise<void> {
  const rows = await tx.run("MATCH (l:CodeLayer {id: $layer}) RETURN l.state AS state", { layer });
  if (rows[0]?.["state"] !== "ready") throw new RetryableError("The layers of an index were dropped meanwhile.", 1_000);
}

/** Under the lock of the repository: whoever comes second sees the first one's version. */
async function publish(tx: Transaction, publication: Publication, now: number): Promise<boolean> {
  const { repository, branch, commit, base, overlay } = publication;
  await lockName(tx, lockOf(repository));
  await mustBeReady(tx, base);
  if (overlay !== null) await mustBeReady(tx, overlay);
  const before = await readBranch(tx, repository, branch);
  if ((before?.version ?? null) !== publication.version) return false;
  const properties = {
    ...{ repository, branch, commit, base, overlay },
    previous: before?.overlay ?? null,
    version: (before?.version ?? 0) + 1,
    publishedAt: now,
  };
  await tx.run("MERGE (b:CodeBranch {id: $id}) SET b += $properties", { id: branchId(repository, branch), properties });
  return true;
}
