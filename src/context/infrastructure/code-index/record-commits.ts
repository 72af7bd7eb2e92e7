import type { Graph } from "../../../platform/graph/graph.ts";
import type { Commit } from "../../domain/code/history.ts";
import { authorId, commitId, fileId } from "./layer-ids.ts";

const commitsAtOnce = 100;

/** A commit that changes more moved or formatted them: it is kept without its files. */
const widestCommit = 100;

/**
 * Keeps commits, the files that they change, whatever branch these are on and what these were called before, and who wrote
 * them, as a number that names nobody; a commit that is there already is left as it is.
 */
export async function recordCommits(
  graph: Graph,
  repository: number,
  commits: readonly Commit[],
  authors: ReadonlyMap<string, string>,
): Promise<void> {
  const ids = commits.map(({ id }) => commitId(repository, id));
  const rows = await graph.query(
    "UNWIND $ids AS id MATCH (c:Commit {id: id}) WITH c WHERE c.day IS NOT NULL RETURN c.id AS id",
    { ids },
  );
  const known = new Set(rows.map(({ id }) => id));
  const missing = commits.filter(({ id }) => !known.has(commitId(repository, id)));
  for (let at = 0; at < missing.length; at += commitsAtOnce)
    await record(graph, repository, missing.slice(at, at + commitsAtOnce), authors);
}

async function record(
  graph: Graph,
  repository: number,
  commits: readonly Commit[],
  authors: ReadonlyMap<string, string>,
): Promise<void> {
  const nodes = commits.map(({ id, day, subject }) => ({
    id: commitId(repository, id),
    properties: { repository, sha: id, day, subject: subject.slice(0, 200) },
  }));
  const changes = commits
    .filter((commit) => commit.changes.length <= widestCommit)
    .flatMap(({ id, changes: files }) =>
      [...new Map(files.map((file) => [file.path, file])).values()].map(({ path, renamedFrom }) => ({
        commit: commitId(repository, id),
        file: fileId(repository, path),
        path,
        renamedFrom,
      })),
    );
  const written = commits.flatMap(({ id }) => {
    const author = authors.get(id);
    return author === undefined ? [] : [{ commit: commitId(repository, id), author: authorId(repository, author) }];
  });
  await graph.write(async (tx) => {
    await tx.run("UNWIND $nodes AS row MERGE (c:Commit {id: row.id}) SET c += row.properties", { nodes });
    await tx.run(
      "UNWIND $changes AS row MERGE (f:File {id: row.file}) SET f.repository = $repository, f.path = row.path",
      { changes, repository },
    );
    await tx.run(
      `UNWIND $changes AS row MATCH (c:Commit {id: row.commit}) MATCH (f:File {id: row.file})
       MERGE (c)-[r:CHANGES]->(f) SET r.renamedFrom = row.renamedFrom`,
      { changes },
    );
    await tx.run(
      `UNWIND $written AS row MERGE (p:Person {id: row.author})
       WITH row, p MATCH (c:Commit {id: row.commit}) MERGE (c)-[:AUTHORED_BY]->(p)`,
      { written },
    );
  });
}
