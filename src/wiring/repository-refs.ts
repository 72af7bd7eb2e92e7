import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { RepositoryRef } from "../github/client/octokit.ts";
import { PermanentError } from "../kernel/errors.ts";
import type { Graph } from "../platform/graph/graph.ts";

const row = z.object({ installation: z.int(), owner: z.string(), repo: z.string() });

/**
 * Where a repository is that has stories: by its newest story, so that a rename or a transfer is followed.
 * @throws PermanentError for a repository without stories.
 */
export function createRefOf(graph: Graph): (repository: number) => Promise<RepositoryRef> {
  const known = new LRUCache<number, RepositoryRef>({ max: 1_000, ttl: 60_000 });
  return async (repository) => {
    const cached = known.get(repository);
    if (cached !== undefined) return cached;
    const rows = await graph.query(
      `MATCH (s:Story) WHERE s.repository = $repository
       RETURN s.installation AS installation, s.owner AS owner, s.repo AS repo ORDER BY s.issueNumber DESC LIMIT 1`,
      { repository },
    );
    if (rows[0] === undefined) throw new PermanentError(`No story is known in repository ${repository}.`);
    const ref = { repository, ...row.parse(rows[0]) };
    known.set(repository, ref);
    return ref;
  };
}
