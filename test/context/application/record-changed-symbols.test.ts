import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CodeIndexPorts } from "../../../src/context/application/code-index-ports.ts";
import { indexCode } from "../../../src/context/application/index-code.ts";
import { defaultBranch } from "../../../src/context/application/material.ts";
import { recordChangedSymbols } from "../../../src/context/application/record-changed-symbols.ts";
import { createGraphCodeStore } from "../../../src/context/infrastructure/code-index/graph-code-store.ts";
import { openGitCommits } from "../../../src/context/infrastructure/git-commits.ts";
import { parseSource } from "../../../src/context/infrastructure/syntax/parse-source.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { committed, git } from "../committed-repository.ts";

const directory = mkdtempSync(join(tmpdir(), "changed-symbols-"));
const ids: string[] = [];

function commit(files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "-m", "A change");
  ids.unshift(git(directory, "rev-parse", "HEAD"));
  return ids[0] ?? "";
}

const cart = (total: string, more = "") =>
  `export class Cart {\n  total() {\n    return ${total};\n  }\n  clear() {\n    return 0;\n  }\n}\n${more}`;

let graph: SchemaGraph;
const parsed: string[] = [];
const nothing = new Map();
const ports: CodeIndexPorts = {
  source: openGitCommits(join(directory, ".git")),
  get store() {
    return createGraphCodeStore(graph, () => 0);
  },
  parse: (path, ...rest) => {
    parsed.push(path);
    return parseSource(path, ...rest);
  },
  pause: () => Promise.resolve(),
};

beforeAll(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  committed(directory, { "README.md": "# Shop", "first.ts": "export const first = 1;\n" });
  ids.unshift(git(directory, "rev-parse", "HEAD"));
  commit({ "cart.ts": cart("1"), "a b.ts": "export const half = 2;\n" });
  commit({ "cart.ts": cart("2", "export const rate = 3;\n") });
  // A line that looks like a patch's head, and words that look like one.
  commit({ "cart.test.ts": 'test("adds", () => {\n  `\n@@ -1 +1 @@\ndiff --git a/x b/x\n`;\n});\n' });
  git(directory, "mv", "cart.ts", "shop.ts");
  commit({});
  commit(Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`wide${at}.ts`, "export const x = 1;\n"])));
});
afterAll(async () => {
  await graph.close();
  rmSync(directory, { recursive: true, force: true });
});

async function changesOf(repository: number, id: string): Promise<readonly unknown[]> {
  const rows = await Promise.all(
    ["Symbol", "Test"].map((label) =>
      graph.query(`MATCH (c:Commit {id: $id})-[:CHANGES]->(s:${label}) RETURN s.id AS id`, {
        id: `${repository}@${id}`,
      }),
    ),
  );
  return rows
    .flat()
    .map((row) => String(row["id"]).replace(`${repository}:`, ""))
    .sort();
}

describe("the symbols that commits changed", () => {
  it("are those that hold the lines which the commit wrote, as it left them", async () => {
    await indexCode(ports, { repository: 1, branch: defaultBranch, commit: ids[0] ?? "" });
    const [wide, moved, test, second, first, start] = ids;
    expect(await changesOf(1, first ?? "")).toEqual(
      ["a b.ts#half", "cart.ts#Cart", "cart.ts#Cart.clear", "cart.ts#Cart.total"].sort(),
    );
    expect(await changesOf(1, second ?? "")).toEqual(["cart.ts#Cart.total", "cart.ts#rate"]);
    expect(await changesOf(1, test ?? "")).toEqual(["cart.test.ts#adds"]);
    expect(await changesOf(1, start ?? "")).toEqual(["first.ts#first"]);
    for (const id of [wide, moved]) expect(await changesOf(1, id ?? "")).toEqual([]);
    const [row] = await graph.query("MATCH (c:Commit {id: $id}) RETURN c.symbols AS symbols", { id: `1@${wide}` });
    expect(row).toEqual({ symbols: 0 });
  });

  it("are looked for once, and of branches not at all", async () => {
    const repository = 2;
    await indexCode(ports, { repository, branch: "task", commit: ids[1] ?? "" });
    expect(await changesOf(repository, ids[3] ?? "")).toEqual([]);
    parsed.length = 0;
    await indexCode(ports, { repository, branch: defaultBranch, commit: ids[1] ?? "" });
    expect(await changesOf(repository, ids[3] ?? "")).toHaveLength(2);
    // What is as the index has it is not parsed again; older versions are.
    expect(parsed).toEqual(["cart.ts", "cart.ts"]);
    parsed.length = 0;
    expect(await recordChangedSymbols(ports, repository, ids.slice(1), nothing)).toBe(0);
    expect(parsed).toEqual([]);
  });

  it("take a few commits each time, the latest first, and each version of a file once", async () => {
    const repository = 3;
    const asked: (readonly string[])[] = [];
    const many = Array.from({ length: 120 }, (_, at) => `c${at}`);
    const file = { path: "cart.ts", blob: "b", size: 1, hunks: [{ from: 2, count: 1 }] };
    const counted: CodeIndexPorts = {
      ...ports,
      store: { ...ports.store, withoutSymbols: async (_, of) => of, recordSymbols: async () => undefined },
      source: {
        ...ports.source,
        async *texts(files) {
          for (const each of files) yield { kind: "text", file: each, text: cart("1") };
        },
        changedLines: async (of) => {
          asked.push(of);
          return new Map(of.map((id) => [id, [file]]));
        },
      },
    };
    parsed.length = 0;
    expect(await recordChangedSymbols(counted, repository, many, nothing)).toBe(25);
    expect(asked).toEqual([many.slice(0, 25)]);
    expect(parsed).toEqual(["cart.ts"]);
  });

  it("are not known of a commit that cannot be read, which is asked for again", async () => {
    const absent: CodeIndexPorts = { ...ports, source: { ...ports.source, changedLines: async () => new Map() } };
    await indexCode(absent, { repository: 4, branch: defaultBranch, commit: ids[1] ?? "" });
    expect(await recordChangedSymbols(ports, 4, ids.slice(1), nothing)).toBe(5);
  });

  it("are found whatever else a commit holds, and of one that is too much alone there are none", async () => {
    const line = "a line of data\n";
    const huge = { "dump.sql": line.repeat(1_200_000), "big.ts": "let a = 1;\n".repeat(60_000) };
    const one = commit({ ...huge, "cart.ts": cart("7") });
    const fixtures = Array.from({ length: 36 }, (_, at) => [`fixture${at}.json`, line.repeat(33_000)]);
    const many = commit({ ...Object.fromEntries(fixtures), "cart.ts": cart("8") });
    // A carriage return ends no line of a patch.
    const heads = `// x\r${"a".repeat(40)}\n// x\r@@ -1,9 +1,9 @@\n// x\rdiff --git a/x b/x\n`;
    const made = "// @generated\nexport const made = 1;\n";
    const odd = commit({
      "heads.ts": heads,
      "made.ts": made,
      "odd.ts": "export const odd = 1;\nexport const even = 2;\n",
    });
    await indexCode(ports, { repository: 5, branch: defaultBranch, commit: odd });
    await recordChangedSymbols(ports, 5, ids, nothing);
    expect(await changesOf(5, odd)).toEqual(["odd.ts#even", "odd.ts#odd"]);
    expect(await changesOf(5, many)).toEqual([]);
    await recordChangedSymbols(ports, 5, ids, nothing);
    expect(await changesOf(5, one)).toEqual(["cart.ts#Cart", "cart.ts#Cart.clear", "cart.ts#Cart.total"]);
    expect(await ports.store.withoutSymbols(5, ids)).toEqual([]);
    git(directory, "mv", "cart.ts", "basket.ts");
    const renamed = commit({ "basket.ts": cart("9") });
    await indexCode(ports, { repository: 5, branch: defaultBranch, commit: renamed });
    expect(await changesOf(5, renamed)).toEqual(["basket.ts#Cart.total"]);
  }, 60_000);
});
