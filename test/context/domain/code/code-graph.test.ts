import { describe, expect, it } from "vitest";
import { buildCodeGraph } from "../../../../src/context/domain/code/code-graph.ts";
import { parsedTree } from "../../parsed-tree.ts";

/** One small shop in each language: a test calls `total`, which calls `round` of another file. */
const shops = {
  TypeScript: {
    "src/money.ts": "export function round(n: number) { return n; }",
    "src/cart.ts": 'import { round } from "./money.js";\nexport function total() { return round(1); }',
    "src/cart.test.ts": 'import { total } from "./cart.ts";\ntest("adds", () => total());',
  },
  "JavaScript packages": {
    "packages/money/package.json": '{ "name": "@shop/money" }',
    "packages/money/src/index.js": 'export * from "./round.js";',
    "packages/money/src/round.js": "export function round() {}",
    "packages/cart/cart.js": 'import { round } from "@shop/money";\nexport function total() { return round(1); }',
    "packages/cart/cart.spec.js": 'import { total } from "./cart";\nit("adds", () => { total(); });',
  },
  Python: {
    "src/shop/__init__.py": "",
    "src/shop/money.py": "def round(n):\n    return n\n",
    "src/shop/cart.py": "from .money import round\ndef total():\n    return round(1)\n",
    "tests/test_cart.py": "from shop.cart import total\ndef test_adds():\n    assert total() == 1\n",
  },
  Go: {
    "go.mod": "module example.org/shop\n",
    "money/money.go": "package money\nfunc round(n int) int { return n }\n",
    "cart/cart.go": 'package cart\nimport "example.org/shop/money"\nfunc total() int { return money.round(1) }\n',
    "cart/cart_test.go": "package cart\nfunc TestAdds(t *testing.T) { total() }\n",
  },
  Java: {
    "src/main/java/shop/Money.java": "package shop; class Money { static int round(int n) { return n; } }",
    "src/main/java/shop/Cart.java": "package shop; class Cart { int total() { return Money.round(1); } }",
    "src/test/java/shop/CartTest.java": "package shop; class CartTest { @Test void adds() { new Cart().total(); } }",
  },
  Rust: {
    "Cargo.toml": '[package]\nname = "my-shop"\n',
    "src/lib.rs": "pub mod money;\npub mod cart;\n",
    "src/money.rs": "pub fn round(n: u8) -> u8 { n }",
    "src/cart.rs": "use crate::money::round;\npub fn total() -> u8 { round(1) }",
    "tests/cart.rs": "use my_shop::cart::total;\n#[test]\nfn adds() { total(); }",
  },
} as const;

describe("the graph of a tree", () => {
  it("leads to every overload of what is called, and to none of many namesakes", async () => {
    const overloads = ["int", "long", "char", "byte", "float", "double"].map((type) => `void join(${type} a) {}`);
    const shop = (join: string) => ({
      "src/main/java/shop/Cart.java": "package shop; class Cart { void total() { Strings.join(1); } }",
      "src/main/java/shop/Strings.java": `package shop; ${join}`,
    });
    const called = async (join: string) => {
      const { edges } = buildCodeGraph(await parsedTree(shop(join)));
      return edges.filter(({ kind, from }) => kind === "CALLS" && from.endsWith("Cart.total")).map(({ to }) => to);
    };
    expect(await called(`class Strings { ${overloads.join(" ")} }`)).toHaveLength(6);
    expect(await called(overloads.map((each, at) => `class S${at} { ${each} }`).join(" "))).toEqual([]);
  });

  it("takes a name for the file's own before an imported one, and what stands in Rust's `tests` for tests", async () => {
    const { edges } = buildCodeGraph(
      await parsedTree({
        "src/money.ts": "export function round() {}",
        "src/cart.ts": 'import "./money.js";\nfunction round() {}\nexport function total() { return round(); }',
        "src/lib.rs": "pub fn sum_up() {}\nmod tests {\n  fn helper() { sum_up(); }\n}",
      }),
    );
    const links = edges.filter(({ kind }) => kind === "CALLS" || kind === "TESTS");
    expect(links.map(({ from, kind, to }) => `${from} ${kind} ${to}`)).toEqual([
      "src/cart.ts#total CALLS src/cart.ts#round",
      "src/lib.rs#tests.helper TESTS src/lib.rs#sum_up",
    ]);
  });

  it.each(Object.entries(shops))("in %s leads from a test over what it tests to what that calls", async (_, files) => {
    const { edges, symbols } = buildCodeGraph(await parsedTree(files));
    const name = (key: string): string => symbols.get(key)?.name ?? key;
    const shown = edges.map(({ kind, from, to }) => `${name(from)} ${kind} ${name(to)}`);
    expect(shown).toContain("total CALLS round");
    expect(shown.filter((edge) => edge.endsWith(" TESTS total"))).toHaveLength(1);
    expect(edges.some(({ kind, to }) => kind === "IMPORTS" && /money|round/i.test(to))).toBe(
      Object.keys(files).some((path) => !path.endsWith(".java")),
    );
    for (const { from, to } of edges) {
      for (const key of [from, to]) expect(symbols.has(key) || key in files, key).toBe(true);
    }
  });

  it("is the same for the same files in any order", async () => {
    const files = await parsedTree(shops.Rust);
    expect(buildCodeGraph([...files].reverse())).toEqual(buildCodeGraph(files));
  });

  it("takes no method of a library for a function that happens to have its name", async () => {
    const { edges } = buildCodeGraph(
      await parsedTree({ "a.ts": "export function slice() {}", "b.ts": 'export const b = () => "x".slice(1);' }),
    );
    expect(edges.filter(({ kind }) => kind === "CALLS")).toEqual([]);
  });

  it("keeps two symbols of one name apart", async () => {
    const { symbols } = buildCodeGraph(await parsedTree({ "a.rs": "fn f() {}\nfn f() {}" }));
    expect([...symbols.keys()]).toEqual(["a.rs#f", "a.rs#f~2"]);
  });
});
