import { type CodeFile, symbolNodes } from "../domain/code/code-graph.ts";
import { linkSides } from "../domain/code/link-sides.ts";
import { createOverlayEdges, type OverlayEdges } from "../domain/code/overlay-edges.ts";
import { mostKept, mostRead } from "../domain/code/posting-lists.ts";
import type { CodeIndexPorts, FileHistory } from "./code-index-ports.ts";
import { createLayerFiller, inBatches, type LostWords, wordOf } from "./fill-layer.ts";
import { linksAtOnce } from "./index-whole.ts";
import { historiesOf, type Material, type NearestBase, type WrittenLayer } from "./material.ts";
import { readIndexedFiles } from "./read-indexed-files.ts";

/**
 * Writes what a tree has else than its base as a layer over it. Null where that layer would take more away than the base's
 * lists can spare, or a content that the base was made of is not there any more: a new base is due.
 */
export async function indexOverlay(
  ports: CodeIndexPorts,
  { asked, commits, known }: Material,
  base: NearestBase,
): Promise<WrittenLayer | null> {
  const { store } = ports;
  const { changed, leftOut, masked } = base.difference;
  const gone = await lostDocuments(ports, base, known);
  if (gone === null) return null;

  const read = [];
  for await (const each of readIndexedFiles(ports, changed, known)) read.push(each);
  const own = read.flatMap(({ indexed }) => (indexed === null ? [] : [indexed.facts]));
  const unchanged = base.tree.files.filter(({ path }) => !masked.has(path));
  const view = [...unchanged, ...own].sort((a, b) => (a.path < b.path ? -1 : 1));
  const patches = changedHistories(await store.histories(base.id), historiesOf(commits, view));
  if (masked.size === 0 && patches.length === 0) return { base: base.id, overlay: null, files: 0, facts: [] };
  const edges = await changedEdges(ports, base.tree.files, view, masked);
  if (edges === null) return null;

  const writer = await store.begin({ ...asked, base: base.id });
  const filler = createLayerFiller(writer);
  for (const each of read) await filler.add(each);
  await filler.flush();
  await inBatches(edges.own, writer.edges);
  await inBatches(filler.lists(gone.words), writer.lists);
  await inBatches(patches, writer.histories);
  await inBatches([...leftOut, ...filler.leftOut], writer.leftOut);
  const documents = base.documents - gone.documents + filler.documents();
  await writer.finish({ documents, masked: [...masked], ended: edges.ended, appeared: edges.appeared });
  return { base: base.id, overlay: writer.layer, files: changed.length, facts: own };
}

type Lost = { readonly documents: number; readonly words: LostWords };

/** The documents of the base that are masked, and how many of them each word finds. */
async function lostDocuments(ports: CodeIndexPorts, base: NearestBase, known: Material["known"]): Promise<Lost | null> {
  const { masked } = base.difference;
  const files = base.tree.files
    .filter(({ path }) => masked.has(path))
    .map(({ path, blob }) => ({ path, blob, size: 0 }));
  const words = new Map<string, number>();
  let documents = 0;
  for await (const { indexed } of readIndexedFiles(ports, files, known)) {
    if (indexed === null) return null;
    documents += indexed.documents.length;
    for (const { name, terms } of indexed.documents)
      for (const word of [`name/${name}`, ...[...terms.keys()].map((term) => `term/${term}`)])
        words.set(word, (words.get(word) ?? 0) + 1);
  }
  const often = [...words].filter(([, count]) => count > mostRead).map(([word]) => wordOf(word));
  const counts = await ports.store.documentsWith(base.id, often);
  return counts.some((each) => each.documents > mostKept) ? null : { documents, words };
}

async function changedEdges(
  { pause }: CodeIndexPorts,
  base: readonly CodeFile[],
  view: readonly CodeFile[],
  masked: ReadonlySet<string>,
): Promise<OverlayEdges | null> {
  // What linking remembers, so that it is short when it is done in one go.
  for (const [at, file] of [...base, ...view].entries()) {
    symbolNodes(file);
    if (at % linksAtOnce === 0) await pause();
  }
  const sides = linkSides({ base, view, masked });
  const edges = createOverlayEdges(sides);
  for (const [at, path] of sides.paths.entries()) {
    edges.look(path);
    if (at % linksAtOnce === 0) await pause();
  }
  return edges.edges();
}

/** The histories that are not the base's; of a file that has none any more, one of nothing. */
function changedHistories(base: readonly FileHistory[], now: readonly FileHistory[]): readonly FileHistory[] {
  const before = new Map(base.map((each) => [each.path, JSON.stringify(each)]));
  const changed = now.filter((each) => before.get(each.path) !== JSON.stringify(each));
  const present = new Set(now.map(({ path }) => path));
  const gone = [...before.keys()].filter((path) => !present.has(path));
  return [...changed, ...gone.map((path) => ({ path, changes: 0, together: [] }))];
}
