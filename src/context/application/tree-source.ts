import { buildCodeGraph } from "../domain/code/code-graph.ts";
import { readHistoryOf } from "../domain/code/history.ts";
import { openMemoryIndex } from "../domain/code/memory-index.ts";
import { sourceOf, textsOf } from "./code-source.ts";
import { parseAll } from "./get-code-context.ts";
import type { CodeContextPorts, CodeSource } from "./ports.ts";

/** The code of one commit, read and parsed as a whole. */
export async function openTreeSource(
  ports: Pick<CodeContextPorts, "repository" | "parse" | "progress">,
): Promise<CodeSource> {
  const tree = await ports.repository.readTree();
  const { files } = await parseAll(ports, tree);
  const graph = buildCodeGraph(files);
  const history = readHistoryOf(await ports.repository.readHistory(), new Set(graph.files.keys()));
  return sourceOf(openMemoryIndex(graph, history, tree.commit), textsOf(graph));
}
