import { describe, expect, it } from "vitest";
import { chooseCode } from "../../../../src/context/domain/code/choose-code.ts";
import { buildCodeGraph } from "../../../../src/context/domain/code/code-graph.ts";
import { type Commit, readHistoryOf } from "../../../../src/context/domain/code/history.ts";
import { rankCode } from "../../../../src/context/domain/code/rank-code.ts";
import { parsedTree } from "../../parsed-tree.ts";

const files = {
  "src/price.ts": 'import { applyTax } from "./tax.ts";\nexport const grossPrice = (n: number) => applyTax(n);\n',
  "src/tax.ts": "export function applyTax(n: number) { return n * rate; }\nconst rate = 1.2;\n",
  "src/report.ts": "export function monthlyReport() { return []; }\n",
  "src/merge.ts": "export function merge() {}\n",
  "src/schedule.ts": "export function every() {}\n",
  "test/price.test.ts":
    'import { grossPrice } from "../src/price.ts";\nit("has tax on it", () => { grossPrice(1); });\n',
  "docs/report.md": "# How the monthly report is made\n",
};

const changed = (...paths: string[]): Commit => ({
  id: "1",
  day: "2025-01-01",
  subject: "Change",
  changes: paths.map((path) => ({ path, renamedFrom: null })),
});

async function rank(text: string, commits: readonly Commit[] = []) {
  const graph = buildCodeGraph(await parsedTree(files));
  const ranked = rankCode(text, graph, readHistoryOf(commits, new Set(graph.files.keys())));
  return { ranked, choice: chooseCode(ranked, text, graph), keys: ranked.map(({ key }) => key) };
}

describe("what a text is about", () => {
  it.each([
    ["`grossPrice` is wrong", "src/price.ts#grossPrice"],
    ["grossPrice() is wrong", "src/price.ts#grossPrice"],
    ["see src/tax.ts", "src/tax.ts#applyTax"],
    ["see ./tax.ts:1", "src/tax.ts#applyTax"],
    ["The gross prices are too high", "src/price.ts#grossPrice"],
    ["applying taxes", "src/tax.ts#applyTax"],
    ["make monthly reports", "src/report.ts#monthlyReport"],
  ])("%s: %s", async (text, first) => expect((await rank(text)).keys[0]).toBe(first));

  it("brings what it calls, at its distance, with the reason", async () => {
    const { ranked } = await rank("`grossPrice` is wrong");
    const called = ranked.find(({ key }) => key === "src/tax.ts#applyTax");
    expect(called).toMatchObject({ distance: 1, why: ["is called by src/price.ts#grossPrice"] });
    expect(ranked[0]).toMatchObject({ distance: 0, why: expect.arrayContaining(["named in the text"]) });
  });

  it("brings what changes together with it", async () => {
    const commits = [changed("src/tax.ts", "src/schedule.ts"), changed("src/tax.ts", "src/schedule.ts")];
    const text = "src/tax.ts is wrong";
    expect((await rank(text)).keys).not.toContain("src/schedule.ts#every");
    const { ranked } = await rank(text, commits);
    expect(ranked.find(({ key }) => key === "src/schedule.ts#every")?.why).toEqual([
      "changed together with src/tax.ts in 2 commits",
    ]);
  });

  it("is covered by the tests that reach it; they are no code of it", async () => {
    const { choice } = await rank("`grossPrice` is wrong");
    expect(choice.tests.map(({ key }) => key)).toEqual(["test/price.test.ts#has tax on it"]);
    expect(choice.code.map(({ key }) => key)).not.toContain("test/price.test.ts#has tax on it");
  });

  it("may be prose", async () => {
    expect((await rank("monthly report")).keys).toContain("docs/report.md");
  });

  it("may be nothing here", async () => expect((await rank("zebra crossing")).keys).toEqual([]));
});

it("at most 20 symbols are chosen, and at most 8 of a file; the others are named", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 6 }, (_, file) => [
      `src/f${file}.ts`,
      Array.from({ length: 10 }, (__, at) => `export function invoice${file}${at}() {}`).join("\n"),
    ]),
  );
  const graph = buildCodeGraph(await parsedTree(many));
  const text = "invoice of src/f0.ts";
  const { code, over } = chooseCode(rankCode(text, graph, readHistoryOf([], new Set())), text, graph);
  expect(code).toHaveLength(20);
  expect(code.filter(({ path }) => path === "src/f0.ts")).toHaveLength(8);
  expect(over.map(({ why }) => why)).toEqual(expect.arrayContaining(["beyond 8 symbols of one file"]));
  expect(over.map(({ why }) => why)).toEqual(expect.arrayContaining(["beyond the 20 symbols of a context"]));
});
