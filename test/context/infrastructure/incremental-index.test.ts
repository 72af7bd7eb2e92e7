import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CodeIndexPorts, CodeStore, FileHistory } from "../../../src/context/application/code-index-ports.ts";
import { indexCode } from "../../../src/context/application/index-code.ts";
import { defaultBranch } from "../../../src/context/application/material.ts";
import { openGraphCodeIndex } from "../../../src/context/infrastructure/code-index/graph-code-index.ts";
import { createGraphCodeStore } from "../../../src/context/infrastructure/code-index/graph-code-store.ts";
import { openGitCommits } from "../../../src/context/infrastructure/git-commits.ts";
import { parseSource } from "../../../src/context/infrastructure/syntax/parse-source.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { thorough } from "../../support/thorough.ts";
import { answersOf } from "../answers-of.ts";
import { gitCommits, importCommits } from "../git-trees.ts";

let graph: SchemaGraph;
let repository = 0;
beforeAll(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
});
afterAll(() => graph.close());

type Place = { readonly repository: number; readonly branch: string };

/** All that is kept of a branch beside what its index answers: what is left out and why, and how often files changed. */
async function keptOf(store: CodeStore, { repository: of, branch }: Place) {
  const { base, overlay } = (await store.branch(of, branch)) ?? { base: "", overlay: null };
  const layers = [base, ...(overlay === null ? [] : [overlay])];
  const [top] = await graph.query("MATCH (l:CodeLayer {id: $id}) RETURN l.masked AS masked", { id: overlay ?? base });
  const masked = new Set(Array.isArray(top?.["masked"]) ? top["masked"] : []);
  const leftOut: string[] = [];
  const histories = new Map<string, FileHistory>();
  for (const layer of layers) {
    const { leftOut: files } = await store.tree(layer);
    leftOut.push(
      ...files
        .filter(({ path }) => layer !== base || !masked.has(path))
        .map((file) => JSON.stringify(Object.entries(file).sort())),
    );
    for (const each of await store.histories(layer)) histories.set(each.path, each);
  }
  const changed = [...histories.values()].filter(({ changes }) => changes > 0);
  return { leftOut: leftOut.sort(), histories: changed.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** The keys of everything in the layers of a branch. */
async function keysOf(store: CodeStore, { repository: of, branch }: Place): Promise<readonly string[]> {
  const stored = await store.branch(of, branch);
  const layers = [stored?.base ?? "", stored?.overlay ?? ""];
  const rows = await graph.query("UNWIND $layers AS layer MATCH (n:Code {layer: layer}) RETURN n.key AS key", {
    layers,
  });
  return rows.map(({ key }) => String(key));
}

/** Which symbols and files the commits of a repository changed. */
async function changesOf(of: number): Promise<ReadonlySet<string>> {
  const rows = await graph.query(
    `MATCH (c:Commit {repository: $of})-[r:CHANGES]->(n)
     RETURN c.sha AS commit, c.symbols AS symbols, labels(n) AS labels, n.path AS path, n.name AS name, r.renamedFrom AS before`,
    { of },
  );
  return new Set(rows.map((row) => JSON.stringify(Object.entries(row).sort())));
}

it("an index that follows commits is the one that is made of the last commit alone, whatever these did", async () => {
  await fc.assert(
    fc.asyncProperty(gitCommits, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), async (made, onBranch) => {
      const directory = mkdtempSync(join(tmpdir(), "incremental-"));
      try {
        const commits = importCommits(directory, made);
        const ports: CodeIndexPorts = {
          source: openGitCommits(directory),
          store: createGraphCodeStore(graph, () => 0),
          parse: parseSource,
          pause: () => Promise.resolve(),
        };
        repository += 100;
        const followed = repository;
        for (const [at, commit] of commits.entries()) {
          repository += 1;
          const branch = onBranch[at] === true ? "fleet/1" : defaultBranch;
          const [mine, fresh] = [
            { repository: followed, branch },
            { repository, branch },
          ];
          await indexCode(ports, { ...mine, commit });
          expect((await indexCode(ports, { ...fresh, commit })).how).toBe("whole");
          const keys = [...(await keysOf(ports.store, mine)), ...(await keysOf(ports.store, fresh))];
          const words = ["one", "two", "thing", "things", "three", "four", "line", "src", "test", "shop"];
          const asked = { keys, terms: words, names: [...new Set(keys.map((key) => key.split(/[/#.]/).at(-1) ?? ""))] };
          const [one, other] = [
            await openGraphCodeIndex(graph, followed, branch),
            await openGraphCodeIndex(graph, repository, branch),
          ];
          if (one === null || other === null) throw new Error("There is no index.");
          expect(await answersOf(one, asked)).toEqual(await answersOf(other, asked));
          expect(await keptOf(ports.store, mine)).toEqual(await keptOf(ports.store, fresh));
          const known = await changesOf(followed);
          if (branch === defaultBranch) for (const each of await changesOf(repository)) expect(known).toContain(each);
        }
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: thorough ? 25 : 4 },
  );
}, 300_000);
