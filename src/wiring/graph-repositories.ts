import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { RepositoryRef } from "../github/client/octokit.ts";
import {
  type Pause,
  pauses,
  type RepositoryStanding,
  type RepositoryStandings,
} from "../github/repositories/repository-standing.ts";
import { PermanentError } from "../kernel/errors.ts";
import type { StoryId, TaskId } from "../kernel/ids.ts";
import { isStoryId, isTaskId } from "../kernel/parse-ids.ts";
import type { GraphRow } from "../kernel/transaction.ts";
import type { Graph } from "../platform/graph/graph.ts";

const isPause = (value: unknown): value is Pause => typeof value === "string" && Object.hasOwn(pauses, value);

const standingRow = z.object({
  id: z.string(),
  installation: z.int(),
  owner: z.string(),
  repo: z.string(),
  paused: z.custom<Pause>(isPause).nullish(),
  missing: z.array(z.string()),
  shown: z.boolean(),
});

const changed = z.object({
  id: z.custom<StoryId | TaskId>((id) => typeof id === "string" && (isStoryId(id) || isTaskId(id))),
});

/**
 * Keeps where repositories are, and whether the fleet may work there, on their nodes. `moved` is told of each story and task
 * that has another place, before that is committed.
 */
export function createGraphRepositories(
  graph: Graph,
  moved: (id: StoryId | TaskId) => Promise<void> = async () => {},
): RepositoryStandings {
  const find = async (condition: string, parameters: Record<string, string | number>) => {
    const rows = await graph.query(
      `MATCH (r:Repository) WHERE ${condition} AND r.owner IS NOT NULL RETURN r {.*} AS repository`,
      parameters,
    );
    return rows.map(toStanding);
  };
  return {
    async of(repository) {
      const rows = await graph.query(
        "MATCH (r:Repository {id: $id}) WHERE r.owner IS NOT NULL RETURN r {.*} AS repository",
        { id: String(repository) },
      );
      return rows[0] === undefined ? null : toStanding(rows[0]);
    },
    in: (installation) => find("r.installation = $installation", { installation }),
    all: () => find("true", {}),
    paused: () => find("r.paused IS NOT NULL", {}),
    async save({ installation, repository, owner, repo, paused, missing, shown }) {
      const place = { installation, owner, repo };
      await graph.write(async (tx) => {
        await tx.run("MERGE (r:Repository {id: $id}) SET r += $properties", {
          id: String(repository),
          properties: { ...place, paused, missing, shown },
        });
        // Stories and tasks carry the place for their calls. It is no state of theirs, so no version rises with it.
        for (const label of ["Story", "Task"]) {
          const rows = await tx.run(
            `MATCH (n:${label}) WHERE n.repository = $repository
               AND (n.owner <> $owner OR n.repo <> $repo OR n.installation <> $installation)
             SET n += $place RETURN n.id AS id`,
            { repository, ...place, place },
          );
          for (const row of rows) await moved(changed.parse(row).id);
        }
        // What may be seen of these is asked for by the installation.
        for (const label of ["Epic", "Plan", "Decision"]) {
          await tx.run(
            `MATCH (n:${label} {repository: $repository}) WITH n WHERE n.installation <> $installation
             SET n.installation = $installation`,
            { repository, installation },
          );
        }
      });
    },
  };
}

function toStanding(row: GraphRow): RepositoryStanding {
  const { id, paused, ...rest } = standingRow.parse(row["repository"]);
  return { ...rest, repository: Number(id), paused: paused ?? null };
}

const place = z.object({ installation: z.int(), owner: z.string(), repo: z.string() });

/**
 * Where a repository is: as it was followed last, else by its newest story.
 * @throws PermanentError for a repository that is not known and has no stories.
 */
export function createRefOf(
  graph: Graph,
  repositories: RepositoryStandings,
): (repository: number) => Promise<RepositoryRef> {
  const known = new LRUCache<number, RepositoryRef>({ max: 1_000, ttl: 60_000 });
  return async (repository) => {
    const cached = known.get(repository);
    if (cached !== undefined) return cached;
    const ref = (await repositories.of(repository)) ?? (await byStory(graph, repository));
    known.set(repository, ref);
    return ref;
  };
}

async function byStory(graph: Graph, repository: number): Promise<RepositoryRef> {
  const rows = await graph.query(
    `MATCH (s:Story) WHERE s.repository = $repository
     RETURN s.installation AS installation, s.owner AS owner, s.repo AS repo ORDER BY s.issueNumber DESC LIMIT 1`,
    { repository },
  );
  if (rows[0] === undefined) throw new PermanentError(`No story is known in repository ${repository}.`);
  return { repository, ...place.parse(rows[0]) };
}
