import { join } from "node:path";
import { z } from "zod";
import type { Graph } from "../../../platform/graph/graph.ts";
import { createEnsureIndexed } from "../../../wiring/ensure-indexed.ts";
import { commitSampleRepository } from "./sample-repository.ts";
import { nodesOfStory, type StoredStories, storeStories } from "./store-stories.ts";

/** What a graph of so many nodes holds, and its newest repository. */
export type World = StoredStories & {
  readonly nodes: number;
  /** Nodes by what they are. */
  readonly labels: Readonly<Record<string, number>>;
  readonly repositories: number;
  readonly mirror: string;
  readonly sha: string;
  readonly seconds: number;
};

const installation = 900_000_002;

/** Shares of the nodes: code with its index, and stories with what hangs on them. */
const codeShare = 0.6;
/** Nodes of a file: itself, its symbols, its history, its share of terms and commits. */
const nodesOfFile = 22;
/** An index holds 20,000 files of a repository at most (`judge-tree.ts`); a larger graph has more repositories. */
const mostOfRepository = 225_000;

/**
 * Adds repositories to a graph until it has about so many nodes. The files are committed and indexed as any; the stories are
 * written as their repositories would, without the way through their machines.
 */
export async function growWorld(graph: Graph, directory: string, wanted: number, before: World | null): Promise<World> {
  const started = performance.now();
  const ensureIndexed = createEnsureIndexed(graph, Date.now);
  const missing = wanted - (before?.nodes ?? 0);
  const repositories = Math.ceil(missing / mostOfRepository);
  let known = before?.repositories ?? 0;
  let newest: Pick<World, "tasks" | "mirror" | "sha"> | null = null;
  for (let at = 0; at < repositories; at += 1) {
    known += 1;
    const repository = installation + known;
    const nodes = missing / repositories;
    const files = Math.ceil((nodes * codeShare) / nodesOfFile);
    const ofStory = Object.values(nodesOfStory).reduce((sum, count) => sum + count, 0);
    const mirror = join(directory, `${repository}.git`);
    const code = await commitSampleRepository(mirror, files, repository);
    await ensureIndexed(repository, mirror, "HEAD", code.sha);
    const place = { installation, repository };
    const { tasks } = await storeStories(graph, place, Math.ceil((nodes * (1 - codeShare)) / ofStory), code);
    newest = { tasks, mirror, sha: code.sha };
  }
  if (newest === null) throw new RangeError(`The graph has ${wanted} nodes already.`);
  const labels = await countNodes(graph);
  const seconds = Math.round((performance.now() - started) / 1_000);
  const nodes = labels["all"] ?? 0;
  return { ...newest, nodes, labels, repositories: known, seconds };
}

const counted = ["File", "Symbol", "Test", "FileHistory", "Term", "Commit", ...Object.keys(nodesOfStory)];
const countRow = z.object({ count: z.int() });

async function countNodes(graph: Graph): Promise<Readonly<Record<string, number>>> {
  const labels: Record<string, number> = {};
  for (const [name, pattern] of [["all", "(n)"], ...counted.map((label) => [label, `(n:${label})`])] as const) {
    const [row] = await graph.query(`MATCH ${pattern} RETURN count(n) AS count`);
    if (name !== undefined) labels[name] = countRow.parse(row).count;
  }
  return labels;
}
