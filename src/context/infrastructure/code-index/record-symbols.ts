import { z } from "zod";
import type { Graph } from "../../../platform/graph/graph.ts";
import type { SymbolChange } from "../../application/code-index-ports.ts";
import { commitId, symbolId } from "./layer-ids.ts";

/** Which of these commits, in their order, have no symbols recorded. */
export async function commitsWithoutSymbols(
  graph: Graph,
  repository: number,
  commits: readonly string[],
): Promise<readonly string[]> {
  const rows = await graph.query(
    "UNWIND $ids AS id MATCH (c:Commit {id: id}) WITH c WHERE c.symbols IS NOT NULL RETURN c.id AS id",
    { ids: commits.map((commit) => commitId(repository, commit)) },
  );
  const known = new Set(
    z
      .array(z.object({ id: z.string() }))
      .parse(rows)
      .map(({ id }) => id),
  );
  return commits.filter((commit) => !known.has(commitId(repository, commit)));
}

const rowsAtOnce = 1_000;

/** Keeps which symbols commits changed, whatever branch these are on. A commit counts as known once all of its own are kept. */
export async function recordSymbols(graph: Graph, repository: number, changes: readonly SymbolChange[]): Promise<void> {
  const rows = changes.flatMap(({ commit, symbols }) =>
    symbols.map(({ id, path, name, kind }) => ({
      commit: commitId(repository, commit),
      symbol: symbolId(repository, id),
      ...{ path, name, label: kind === "test" ? "Test" : "Symbol" },
    })),
  );
  for (const label of ["Symbol", "Test"]) {
    const own = rows.filter((row) => row.label === label);
    for (let at = 0; at < own.length; at += rowsAtOnce) {
      const few = own.slice(at, at + rowsAtOnce);
      await graph.write(async (tx) => {
        await tx.run(
          `UNWIND $rows AS row MERGE (s:${label} {id: row.symbol})
           SET s.repository = $repository, s.path = row.path, s.name = row.name`,
          { rows: few, repository },
        );
        await tx.run(
          `UNWIND $rows AS row MATCH (c:Commit {id: row.commit}) MATCH (s:${label} {id: row.symbol})
           MERGE (s)<-[:CHANGES]-(c)`,
          { rows: few },
        );
      });
    }
  }
  const done = changes.map(({ commit, symbols }) => ({ id: commitId(repository, commit), symbols: symbols.length }));
  await graph.write((tx) =>
    tx.run("UNWIND $done AS row MATCH (c:Commit {id: row.id}) SET c.symbols = row.symbols", { done }),
  );
}
