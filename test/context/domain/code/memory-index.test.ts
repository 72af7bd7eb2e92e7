import { describe, expect, it } from "vitest";
import { buildCodeGraph } from "../../../../src/context/domain/code/code-graph.ts";
import { documentTerms } from "../../../../src/context/domain/code/document-terms.ts";
import { readHistoryOf } from "../../../../src/context/domain/code/history.ts";
import { openMemoryIndex } from "../../../../src/context/domain/code/memory-index.ts";
import { parsedTree } from "../../parsed-tree.ts";

const files = {
  "src/cart.ts": `import { roundCents } from "./money.ts";
/** What a customer buys. */
export class Cart {
  // Sums the basket.
  total() { return roundCents(1); }
  clear() {}
}
`,
  "src/money.ts": "export function roundCents(n: number) { return Math.round(n); }\n",
  "docs/shop.md": "# The shop\n\nA basket is a cart.\n",
};
const graph = buildCodeGraph(await parsedTree(files));
const commits = [1, 2].map((at) => ({
  id: `${at}`,
  day: "2025-01-01",
  subject: "Change",
  changes: Object.keys(files).map((path) => ({ path, renamedFrom: null })),
}));
const index = openMemoryIndex(graph, readHistoryOf(commits, new Set(graph.files.keys())), "c1");

describe("the terms of a file's documents", () => {
  const file = graph.files.get("src/cart.ts");
  if (file === undefined) throw new Error("src/cart.ts is there");
  const documents = documentTerms(file, graph.symbolsOf.get(file.path) ?? []);
  const of = (key: string) => documents.find((each) => each.key === key)?.terms ?? new Map<string, number>();

  it("gives each line to the innermost symbol, with the comment above it", () => {
    expect(of("src/cart.ts#Cart.total").has("basket")).toBe(true);
    expect(of("src/cart.ts#Cart").has("basket")).toBe(false);
    expect(of("src/cart.ts#Cart").has("customer")).toBe(true);
    expect(of("src/cart.ts").has("customer")).toBe(false);
    expect(of("src/cart.ts").has("cent")).toBe(true);
  });

  it("weighs a name above a body", () => {
    const total = of("src/cart.ts#Cart.total");
    expect(total.get("total")).toBeGreaterThan(total.get("basket") ?? 0);
  });

  it("does not look at the rest of the tree", async () => {
    const alone = buildCodeGraph(await parsedTree({ "src/cart.ts": files["src/cart.ts"] }));
    expect(documentTerms(file, alone.symbolsOf.get(file.path) ?? [])).toEqual(documents);
  });
});

describe("the index in memory", () => {
  it("finds documents by term, the heaviest first, and says how many there are", async () => {
    expect(await index.documents()).toBe(7);
    const found = await index.postings(["cart", "zebra"], 2);
    expect([...found.keys()]).toEqual(["cart"]);
    expect(found.get("cart")?.documents).toBe(5);
    expect(found.get("cart")?.best.map(({ key }) => key)).toEqual(["src/cart.ts", "src/cart.ts#Cart"]);
  });

  it("finds files and symbols by name, unless too many have it", async () => {
    const keys = async (most: number) => (await index.named(["money.ts", "roundCents"], most)).map(({ key }) => key);
    expect(await keys(1)).toEqual(["src/money.ts", "src/money.ts#roundCents"]);
    expect(await keys(0)).toEqual([]);
  });

  it("says of a key what it is", async () => {
    const found = await index.entries(["src/cart.ts#Cart.total", "docs/shop.md", "gone"]);
    expect(found.get("src/cart.ts#Cart.total")).toMatchObject({
      path: "src/cart.ts",
      symbol: { name: "total", kind: "method", parent: "Cart", from: 5, to: 5 },
      test: false,
    });
    expect(found.get("docs/shop.md")?.symbol).toBeNull();
    expect(found.size).toBe(2);
  });

  it("knows the edges from and to a key, so many of each kind and direction", async () => {
    expect(await index.neighbours(["src/money.ts#roundCents"], 1)).toEqual([
      { from: "src/money.ts", to: "src/money.ts#roundCents", kind: "DEFINES" },
      { from: "src/cart.ts#Cart.total", to: "src/money.ts#roundCents", kind: "CALLS" },
    ]);
    const defined = (await index.neighbours(["src/cart.ts"], 2)).filter(({ kind }) => kind === "DEFINES");
    expect(defined).toHaveLength(2);
  });

  it("knows what changed together with a file", async () => {
    const together = await index.together(["src/cart.ts"]);
    expect(together.get("src/cart.ts")?.[0]).toEqual({ path: "docs/shop.md", commits: 2 });
  });
});
