import { LRUCache } from "lru-cache";
import type { CodeSource } from "../context/application/ports.ts";
import { openTreeSource } from "../context/application/tree-source.ts";
import { openGitSource } from "../context/infrastructure/git-source.ts";
import { parseSource } from "../context/infrastructure/syntax/parse-source.ts";

/** A tree in memory takes tens of megabytes. */
const mostTrees = 2;

/** Opens the code of one commit of a mirror; the last few stay in memory. */
export function createOpenCode(): (mirror: string, sha: string) => Promise<CodeSource> {
  const opened = new LRUCache<string, Promise<CodeSource>>({ max: mostTrees });
  return (mirror, sha) => {
    const known = opened.get(sha) ?? open(mirror, sha);
    opened.set(sha, known);
    known.catch(() => opened.delete(sha));
    return known;
  };
}

async function open(mirror: string, sha: string): Promise<CodeSource> {
  const repository = await openGitSource(mirror, { at: sha });
  return openTreeSource({ repository, parse: parseSource, progress: () => undefined });
}
