import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identifierWords } from "../../../src/context/domain/identifier-words.ts";
import { openGraphCodeIndex } from "../../../src/context/infrastructure/code-index/graph-code-index.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";
import type { SchemaGraph } from "../../../src/platform/graph/schema-graph.ts";
import { answersOf, type Questions } from "../answers-of.ts";
import { type Commits, createCommits, indexed, inMemory, portsOf, type Tree } from "../committed-trees.ts";

let graph: SchemaGraph;

beforeAll(async () => {
  graph = await openEmbeddedGraph();
  await ensureSchema(graph);
});
afterAll(() => graph.close());

const shop: Tree = {
  "package.json": '{ "name": "shop" }',
  "src/money.ts": "export function roundCents(n: number) { return n; }\nexport const half = 2;",
  "src/index.ts": 'export * from "./money.js";',
  "src/cart.ts": 'import { roundCents } from "./index.js";\nexport class Cart { total() { return roundCents(1); } }',
  "test/cart.test.ts": 'import { Cart } from "../src/cart.ts";\ntest("adds cents", () => new Cart().total());',
  "README.md": "# A shop that rounds cents",
};

/** All that may be asked of these trees. */
function questionsOf(...trees: readonly Tree[]): Questions {
  const names = ["roundCents", "half", "Cart", "total", "adds cents", "one", "two", "three", "four"];
  const paths = [...new Set(trees.flatMap((tree) => Object.keys(tree)))];
  const members = [...names, "Cart.total"];
  const texts = trees.flatMap((tree) => [...Object.values(tree), ...Object.keys(tree)]).join(" ");
  return {
    keys: paths.flatMap((path) => [path, ...members.map((name) => `${path}#${name}`)]),
    terms: [...new Set(identifierWords(texts)), "nothing"],
    names: [...names, ...paths.map((path) => path.split("/").at(-1) ?? "")],
  };
}

async function expectLikeMemory(commits: Commits, branch: string, commit: string, questions: Questions) {
  const opened = await openGraphCodeIndex(graph, 7, branch);
  if (opened === null) throw new Error("There is no index.");
  expect(opened.commit).toBe(commit);
  expect(await answersOf(opened, questions)).toEqual(await answersOf(await inMemory(commits, commit), questions));
}

describe("the index of code in the graph", () => {
  it("answers as the one in memory does", async () => {
    const commits = createCommits();
    const first = commits.commit(shop);
    expect(await indexed(portsOf(graph, commits), "whole", first)).toEqual({ how: "whole", files: 6 });
    await expectLikeMemory(commits, "whole", first, questionsOf(shop));
  });
});
