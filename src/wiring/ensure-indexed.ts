import { setImmediate as turn } from "node:timers/promises";
import { type Indexed, indexCode } from "../context/application/index-code.ts";
import { createGraphCodeStore } from "../context/infrastructure/code-index/graph-code-store.ts";
import { openGitCommits } from "../context/infrastructure/git-commits.ts";
import { parseSource } from "../context/infrastructure/syntax/parse-source.ts";
import { RetryableError } from "../kernel/errors.ts";
import { createSingleFlight } from "../platform/cache/single-flight.ts";
import type { Graph } from "../platform/graph/graph.ts";

/** Brings the index of a repository's branch to a commit of its mirror. */
export type EnsureIndexed = (repository: number, mirror: string, branch: string, sha: string) => Promise<Indexed>;

/** So often an indexer starts again after another one was faster with another commit. */
const attempts = 3;

/**
 * The index of the code in the graph, on demand. Whoever asks for the same commit while it is being indexed waits for that one;
 * other events have their turn between two files. `now` is epoch ms.
 * @throws RetryableError where others index other commits of the branch all the time.
 */
export function createEnsureIndexed(graph: Graph, now: () => number): EnsureIndexed {
  const store = createGraphCodeStore(graph, now);
  const once = createSingleFlight<Indexed>();
  return (repository, mirror, branch, commit) =>
    once(JSON.stringify([repository, branch, commit]), async () => {
      const ports = { store, source: openGitCommits(mirror), parse: parseSource, pause: () => turn() };
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const indexed = await indexCode(ports, { repository, branch, commit });
        if (indexed.how !== "overtaken") return indexed;
      }
      throw new RetryableError("Others index this branch at other commits.", 5_000);
    });
}
