import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commitSamples } from "../../../src/cli/bench/context-quality/commit-samples.ts";
import { readChanges, repositoryOf } from "../../../src/cli/bench/context-quality/read-changes.ts";
import { interval, meanRecall, recallOf } from "../../../src/cli/bench/context-quality/recall.ts";
import { greedy, outlined, type Passage, termSearch } from "../../../src/cli/bench/context-quality/references.ts";
import { contextQualityBench } from "../../../src/cli/bench/context-quality-bench.ts";
import { buildCodeGraph } from "../../../src/context/domain/code/code-graph.ts";
import { cart } from "../../context/a-cart.ts";
import { committed, git } from "../../context/committed-repository.ts";
import { parsedTree } from "../../context/parsed-tree.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-quality-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const graph = buildCodeGraph(await parsedTree({ "cart.ts": cart }));
const symbols = graph.symbolsOf.get("cart.ts") ?? [];

describe("recall", () => {
  const linesOf = () => cart.split("\n");
  const changed = { symbols: symbols.filter(({ name }) => name !== "Cart"), files: ["cart.ts", "gone.ts"] };

  it("counts a symbol where its name stands, and as whole with all of its lines", () => {
    const shown = [
      { path: "cart.ts", lines: { from: 2, to: 4 } },
      { path: "cart.ts", lines: { from: 5, to: 5 } },
    ];
    expect(recallOf(changed, shown, linesOf)).toEqual({
      symbols: 2 / 3,
      whole: 1 / 3,
      code: 2 / 3,
      tests: null,
      files: 1 / 2,
    });
  });

  it("is told as the mean of those that have one, with an interval that is the same every time", () => {
    const half = { symbols: 0.5, whole: 0, code: 0.5, tests: null, files: 1 };
    expect(meanRecall([half, { ...half, symbols: 1, tests: 1 }])).toMatchObject({ symbols: 75, tests: 100, code: 50 });
    const values = [0, 1, 1, 0, 1];
    expect(interval(values)).toEqual(interval(values));
    expect(interval([1, 1])).toEqual([100, 100]);
  });
});

describe("plain searches", () => {
  const passage = (path: string, words: readonly string[], to = 3): Passage => ({
    path,
    lines: { from: 1, to },
    name: { from: 2, to: 2 },
    words: new Map(words.map((word) => [word, 1])),
    length: words.length,
  });
  const texts = { textOf: () => "one two\n".repeat(400), countTokens: (text: string) => text.length };

  it("find by rare words first, and nothing by none", () => {
    const all = [passage("a", ["cart", "x"]), passage("b", ["cart", "total"]), passage("c", ["y"])];
    expect(termSearch("Totals of the cart", all).map(({ path }) => path)).toEqual(["b", "a"]);
  });

  it("show names alone, each file's path once, as long as they fit", () => {
    const all = [passage("a", []), passage("a", []), passage("b", []), passage("c", [])];
    const [first, second] = ["\na\none two\n".length, "one two\n".length];
    const name = { path: "a", lines: { from: 2, to: 2 } };
    expect(outlined(all, first + second + 19, texts)).toEqual([name, name]);
    expect(outlined(all, first + second + first + 19, texts)).toEqual([name, name, { ...name, path: "b" }]);
  });

  it("show what fits whole, or the last as far as there is room", () => {
    const all = [passage("big", [], 300), passage("small", [], 2)];
    expect(greedy(all, 100, false, texts)).toEqual([{ path: "small", lines: { from: 1, to: 2 } }]);
    const [cut] = greedy(all, 100, true, texts);
    expect(cut).toMatchObject({ path: "big" });
    expect(cut?.lines.to).toBeLessThan(13);
  });
});

describe("the bench", () => {
  const repo = join(root, "shop");
  beforeAll(() => {
    mkdirSync(repo);
    committed(repo, { "src/cart.ts": cart, "docs/a.md": "# Cart\n" });
    const change = (path: string, text: string, message: string): void => {
      writeFileSync(join(repo, path), text);
      git(repo, "add", "--all");
      git(repo, "commit", "--quiet", "-m", message);
    };
    change("docs/a.md", "# The cart\n", "Say it better");
    change("src/cart.ts", cart.replace("return 1", "return 3"), "Round the total\n\nSigned-off-by: A <a@example.org>");
    git(repo, "mv", "src/cart.ts", "src/basket.ts");
    change("src/basket.ts", cart.replace("return 0", "return 9"), "Clear the basket");
  });

  it("reads commits that changed source files, newest first, under the names of their parents", async () => {
    const changes = await readChanges(await repositoryOf(join(repo, "src")), 9);
    expect(changes.map(({ message, files }) => [message, files.map(({ path }) => path)])).toEqual([
      ["Clear the basket", ["src/cart.ts"]],
      ["Round the total", ["src/cart.ts"]],
    ]);
    expect(await readChanges(repo, 1)).toHaveLength(1);
  });

  it("measures all sides on the same commits", async () => {
    const result = await contextQualityBench({ repo });
    expect(result).toMatchObject({ bench: "context-quality", ours: 100, reference: 100, detail: { n: 2 } });
  });

  it("makes a history of the bundled sample: what won each round, under what was asked for", async () => {
    const directory = join(root, "sample");
    await commitSamples(directory);
    const changes = await readChanges(directory, 9);
    expect(changes.map(({ message, files }) => [message.split("\n")[0], files.map(({ path }) => path)])).toEqual([
      ["Limit the open bookings that one customer may hold", ["src/bookings.js", "src/index.js"]],
      ["Limit the open bookings that one customer may hold", ["src/bookings.js", "src/index.js"]],
    ]);
    expect(changes[0]?.message).toContain("Please name it once");
    expect((await contextQualityBench({ repo: directory })).detail).toMatchObject({ n: 2, ours: { symbols: 100 } });
  });

  it.each([
    ["is in no repository", root, /is no directory in a git repository/],
    ["is missing", join(root, "none"), /is no directory in a git repository/],
  ])("says where a directory %s", async (_, directory, message) => {
    await expect(contextQualityBench({ repo: directory })).rejects.toThrow(message);
  });

  it("says where a history holds nothing to measure", async () => {
    const prose = join(root, "prose");
    mkdirSync(prose);
    committed(prose, { "a.md": "# A\n" });
    await expect(contextQualityBench({ repo: prose })).rejects.toThrow(/has no commit to measure/);
  });
});
