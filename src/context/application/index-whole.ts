import { linkCode } from "../domain/code/code-graph.ts";
import { cappedEdges } from "../domain/code/overlay-edges.ts";
import type { CodeIndexPorts, LayerWriter } from "./code-index-ports.ts";
import { createLayerFiller, inBatches } from "./fill-layer.ts";
import { historiesOf, type Material, type WrittenLayer } from "./material.ts";
import { readIndexedFiles } from "./read-indexed-files.ts";

/** Files between two turns of others, while names are looked up. */
export const linksAtOnce = 50;

/** Writes all of a tree as a layer of its own: a base. */
export async function indexWhole(ports: CodeIndexPorts, material: Material): Promise<WrittenLayer> {
  const { asked, listing, commits, known } = material;
  const writer = await ports.store.begin({ ...asked, base: null });
  const filler = createLayerFiller(writer);
  for await (const read of readIndexedFiles(ports, listing.files, known)) await filler.add(read);
  await filler.flush();
  await writeEdges(ports, writer, filler.facts);
  await inBatches(filler.lists(new Map()), writer.lists);
  await inBatches(historiesOf(commits, filler.facts), writer.histories);
  await inBatches([...listing.leftOut, ...filler.leftOut], writer.leftOut);
  await writer.finish({ documents: filler.documents(), masked: [], ended: [], appeared: [] });
  return { base: writer.layer, overlay: null, files: listing.files.length, facts: filler.facts };
}

async function writeEdges(
  { pause }: CodeIndexPorts,
  writer: LayerWriter,
  facts: Parameters<typeof linkCode>[0],
): Promise<void> {
  const links = linkCode(facts);
  const edges = [];
  for (const [at, { path }] of facts.entries()) {
    edges.push(...links.edgesOf(path).map((edge) => ({ ...edge, ownFrom: true, ownTo: true })));
    if (at % linksAtOnce === 0) await pause();
  }
  await inBatches(cappedEdges(edges), writer.edges);
}
