import { z } from "zod";
import type { ConfigurationStore } from "../github/configuration/repository-configuration.ts";
import type { Graph } from "../platform/graph/graph.ts";

const row = z.object({ sha: z.string(), text: z.string() });

/** Keeps the last good `.github/fleet.yml` of each repository on its node, so that a restart still has it. */
export function createGraphConfigurationStore(graph: Graph): ConfigurationStore {
  return {
    async load(repository) {
      const rows = await graph.query(
        "MATCH (r:Repository {id: $id}) WHERE r.configurationSha IS NOT NULL RETURN r.configurationSha AS sha, r.configurationText AS text",
        { id: String(repository) },
      );
      return rows[0] === undefined ? null : row.parse(rows[0]);
    },
    async save(repository, good) {
      await graph.write((tx) =>
        tx.run("MERGE (r:Repository {id: $id}) SET r.configurationSha = $sha, r.configurationText = $text", {
          id: String(repository),
          sha: good?.sha ?? null,
          text: good?.text ?? null,
        }),
      );
    },
  };
}
