import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CodeIndexPorts } from "../../../src/context/application/code-index-ports.ts";
import { indexCode } from "../../../src/context/application/index-code.ts";
import { openGraphCodeIndex } from "../../../src/context/infrastructure/code-index/graph-code-index.ts";
import { createGraphCodeStore } from "../../../src/context/infrastructure/code-index/graph-code-store.ts";
import { authorId } from "../../../src/context/infrastructure/code-index/layer-ids.ts";
import { openGitCommits } from "../../../src/context/infrastructure/git-commits.ts";
import { parseSource } from "../../../src/context/infrastructure/syntax/parse-source.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { committed, git } from "../committed-repository.ts";

const directory = mkdtempSync(join(tmpdir(), "renamed-files-"));
const lines = (name: string, more = "") =>
  `${Array.from({ length: 9 }, (_, n) => `export const ${name}${n} = ${n};`).join("\n")}\n${more}`;

function commit(by: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", `--author=${by} <${by}@example.org>`, "-m", `By ${by}`);
  return git(directory, "rev-parse", "HEAD");
}

let graph: SchemaGraph;
let ports: CodeIndexPorts;
const indexed = async (repository: number, commit: string) =>
  (await indexCode(ports, { repository, branch: "main", commit })).how;

beforeAll(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  const source = openGitCommits(join(directory, ".git"));
  ports = { source, store: createGraphCodeStore(graph, () => 0), parse: parseSource, pause: () => Promise.resolve() };
});
afterAll(async () => {
  await graph.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Who changed a file, by the commits of the graph and over what the file was called before; the latest first. */
async function whoChanged(repository: number, path: string): Promise<readonly unknown[]> {
  const rows = await graph.query(
    `MATCH (f:File {id: $id})<-[change:CHANGES]-(c:Commit)-[:AUTHORED_BY]->(p:Person)
     RETURN c.subject AS subject, p.id AS person, change.renamedFrom AS before`,
    { id: `${repository}:${path}` },
  );
  const renamed = rows.find(({ before }) => typeof before === "string")?.["before"];
  const earlier = typeof renamed === "string" ? await whoChanged(repository, renamed) : [];
  return [...rows.map(({ subject, person }) => [subject, person]), ...earlier];
}

it("a file that is edited by the commit that renames it keeps how often it changed, what with and by whom", async () => {
  const others = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`other${n}.ts`, lines(`other${n}`)]));
  committed(directory, { ...others, "cart.ts": lines("cart"), "tax.ts": lines("tax") });
  const before = commit("ann", { "cart.ts": lines("cart", "// 1\n"), "tax.ts": lines("tax", "// 1\n") });
  expect(await indexed(1, before)).toBe("whole");
  git(directory, "mv", "cart.ts", "basket.ts");
  const after = commit("bob", { "basket.ts": lines("cart", "// 2\n") });
  expect([await indexed(1, after), await indexed(2, after)]).toEqual(["over-base", "whole"]);

  for (const repository of [1, 2]) {
    const branch = await ports.store.branch(repository, "main");
    const histories = await ports.store.histories(branch?.overlay ?? branch?.base ?? "");
    expect(histories.find(({ path }) => path === "basket.ts")?.changes).toBe(3);
    const index = await openGraphCodeIndex(graph, repository, "main");
    const together = await index?.together(["basket.ts", "tax.ts"]);
    expect(together?.get("basket.ts")).toContainEqual({ path: "tax.ts", commits: 2 });
    expect(together?.get("tax.ts")).toContainEqual({ path: "basket.ts", commits: 2 });
    const authors = await ports.source.authors(after, `${repository}`);
    const person = (sha: string) => authorId(repository, authors.get(sha) ?? "");
    const first = git(directory, "rev-parse", "HEAD~2");
    const [bob, ann] = [
      ["By bob", person(after)],
      ["By ann", person(before)],
    ];
    const who = await whoChanged(repository, "basket.ts");
    expect([who.length, who[0]]).toEqual([3, bob]);
    expect(who).toEqual(expect.arrayContaining([ann, ["First", person(first)]]));
  }
});
