import { sourceOf } from "../context/application/code-source.ts";
import { defaultBranch } from "../context/application/material.ts";
import type { CodeSource } from "../context/application/ports.ts";
import { openTreeSource } from "../context/application/tree-source.ts";
import { openGraphCodeIndex } from "../context/infrastructure/code-index/graph-code-index.ts";
import { createLayerMemory } from "../context/infrastructure/code-index/layer-memory.ts";
import { openGitCommits } from "../context/infrastructure/git-commits.ts";
import { openGitSource } from "../context/infrastructure/git-source.ts";
import { createReadTexts } from "../context/infrastructure/read-texts.ts";
import { parseSource } from "../context/infrastructure/syntax/parse-source.ts";
import type { Clock } from "../kernel/clock.ts";
import { RetryableError } from "../kernel/errors.ts";
import type { Graph } from "../platform/graph/graph.ts";
import { createEnsureIndexed } from "./ensure-indexed.ts";

/** The code of one commit of a mirror; `branch` null: the default branch. */
export type OpenCode = (at: {
  readonly repository: number;
  readonly mirror: string;
  readonly branch: string | null;
  readonly sha: string;
}) => Promise<CodeSource>;

/** Opens the code in the graph, and brings its index to the commit before. */
export function createOpenCode(graph: Graph, clock: Clock): OpenCode {
  const ensureIndexed = createEnsureIndexed(graph, clock);
  const readTexts = createReadTexts();
  const memory = createLayerMemory();
  return async ({ repository, mirror, branch, sha }) => {
    const name = branch ?? defaultBranch;
    let index = await openGraphCodeIndex(graph, repository, name, memory);
    if (index?.commit !== sha || !index.isCurrent) {
      await ensureIndexed(repository, mirror, name, sha);
      index = await openGraphCodeIndex(graph, repository, name, memory);
    }
    if (index?.commit !== sha) throw new RetryableError("The branch was indexed at another commit meanwhile.", 1_000);
    const commits = openGitCommits(mirror);
    const texts: CodeSource["texts"] = async (paths) => readTexts(commits, await index.blobs(paths));
    return {
      commit: sha,
      choose: (about) => index.reading((held) => sourceOf(held, texts).choose(about)),
      texts,
    };
  };
}

/** Reads and parses a whole commit, for who has no graph. */
export async function openTree(mirror: string, sha: string): Promise<CodeSource> {
  const repository = await openGitSource(mirror, { at: sha });
  return openTreeSource({ repository, parse: parseSource, progress: () => undefined });
}
