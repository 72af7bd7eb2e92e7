import { chooseCode } from "../domain/code/choose-code.ts";
import { buildCodeGraph } from "../domain/code/code-graph.ts";
import { readHistoryOf } from "../domain/code/history.ts";
import { rankCode } from "../domain/code/rank-code.ts";
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
  return {
    commit: tree.commit,
    choose: async (about) => chooseCode(rankCode(about, graph, history), about, graph),
    read: async (path) => graph.files.get(path)?.text ?? null,
  };
}
