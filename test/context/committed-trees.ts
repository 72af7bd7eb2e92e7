import { createHash } from "node:crypto";
import type { CodeIndexPorts, CommitSource } from "../../src/context/application/code-index-ports.ts";
import { buildCodeGraph } from "../../src/context/domain/code/code-graph.ts";
import type { CodeIndex } from "../../src/context/domain/code/code-index.ts";
import { type Commit, readHistoryOf } from "../../src/context/domain/code/history.ts";
import { leaveOutByText } from "../../src/context/domain/code/left-out.ts";
import { openMemoryIndex } from "../../src/context/domain/code/memory-index.ts";
import { createGraphCodeStore } from "../../src/context/infrastructure/code-index/graph-code-store.ts";
import { judgeTree } from "../../src/context/infrastructure/judge-tree.ts";
import { parseSource } from "../../src/context/infrastructure/syntax/parse-source.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { parsedTree } from "./parsed-tree.ts";

/** Texts by path. */
export type Tree = Readonly<Record<string, string>>;

/** Commits of a repository that is in memory, each with its tree and the commits before it. */
export function createCommits() {
  const trees = new Map<string, Tree>();
  const logs = new Map<string, readonly Commit[]>();
  const texts = new Map<string, string>();
  return {
    /** Adds a commit of this tree, on top of another one. */
    commit(tree: Tree, parent: string | null = null): string {
      const before = parent === null ? {} : (trees.get(parent) ?? {});
      const id = createHash("sha1")
        .update(JSON.stringify([tree, parent]))
        .digest("hex");
      const paths = Object.keys({ ...before, ...tree }).filter((path) => before[path] !== tree[path]);
      const changes = paths.map((path) => ({ path, renamedFrom: null }));
      trees.set(id, tree);
      logs.set(id, [{ id, day: "2025-01-02", subject: "A change", changes }, ...(logs.get(parent ?? "") ?? [])]);
      return id;
    },
    log: (commit: string): readonly Commit[] => logs.get(commit) ?? [],
    tree: (commit: string): Tree => trees.get(commit) ?? {},
    source: {
      async tree(commit) {
        const files = Object.entries(trees.get(commit) ?? {}).map(([path, text]) => {
          const blob = blobOf(text);
          texts.set(blob, text);
          return { path, blob, mode: "100644", size: Buffer.byteLength(text) };
        });
        return judgeTree(files.sort((a, b) => (a.path < b.path ? -1 : 1)));
      },
      async *texts(files) {
        for (const file of files) {
          const text = texts.get(file.blob);
          const reason = text === undefined ? "absent" : leaveOutByText(file.path, text);
          if (reason !== null) yield { kind: "left-out", file, reason };
          else yield { kind: "text", file, text: text ?? "" };
        }
      },
      history: async (commit) => logs.get(commit) ?? [],
      changedLines: async () => new Map(),
      authors: async (commit) => new Map((logs.get(commit) ?? []).map(({ id }) => [id, "a digest"])),
    } satisfies CommitSource as CommitSource,
    /** As if git had thrown the contents away. */
    forgetTexts: () => texts.clear(),
  };
}

export type Commits = ReturnType<typeof createCommits>;

function blobOf(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}

export function portsOf(graph: Graph, commits: Commits, now: () => number = () => 0): CodeIndexPorts {
  return {
    source: commits.source,
    store: createGraphCodeStore(graph, now),
    parse: parseSource,
    pause: () => Promise.resolve(),
  };
}

/** The index of a commit in memory: what every other one must answer like. */
export async function inMemory(commits: Commits, commit: string): Promise<CodeIndex> {
  const { files } = await commits.source.tree(commit);
  const tree = commits.tree(commit);
  const read = files.map(({ path }) => [path, tree[path] ?? ""] as const);
  const parsed = await parsedTree(Object.fromEntries(read.filter((each) => leaveOutByText(...each) === null)));
  const graph = buildCodeGraph(parsed);
  return openMemoryIndex(graph, readHistoryOf(commits.log(commit), new Set(graph.files.keys())), commit);
}
