import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedSymbols, hunksOf } from "../../../../src/context/domain/code/changed-symbols.ts";
import { buildCodeGraph } from "../../../../src/context/domain/code/code-graph.ts";
import { cart } from "../../a-cart.ts";
import { parsedTree } from "../../parsed-tree.ts";

const graph = buildCodeGraph(await parsedTree({ "cart.ts": cart }));
const symbols = graph.symbolsOf.get("cart.ts") ?? [];

describe("what a commit changed", () => {
  it.each([
    ["a line of a method", "@@ -3 +3 @@", ["Cart.total"]],
    ["lines put into a method", "@@ -2,0 +3,2 @@", ["Cart.total"]],
    ["lines put between two methods", "@@ -4,0 +5,3 @@", ["Cart"]],
    ["lines put behind everything", "@@ -9,0 +10,2 @@", []],
    ["two places", "@@ -6 +6 @@\n@@ -9 +9 @@", ["Cart.clear", "rate"]],
    ["the whole file", `@@ -1,${Number.MAX_SAFE_INTEGER} +0,0 @@`, ["Cart", "Cart.total", "Cart.clear", "rate"]],
  ])("%s", (_, patch, names) => {
    const changed = changedSymbols(symbols, hunksOf(patch)).map(({ id }) => id.replace("cart.ts#", ""));
    expect(changed).toEqual(names);
  });

  it("is told of the version after it as well", () => {
    const names = (patch: string) => changedSymbols(symbols, hunksOf(patch, "after")).map(({ name }) => name);
    expect(names("@@ -2,0 +3 @@")).toEqual(["total"]);
    expect(names("@@ -3,4 +2,0 @@")).toEqual(["total"]);
    expect(names("@@ -1,9 +1,9 @@")).toEqual(["Cart", "total", "clear", "rate"]);
  });

  it("is the innermost of whatever holds a line, however the symbols lie", () => {
    const [some] = symbols;
    if (some === undefined) throw new Error("no symbol");
    const lines = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(9))
      .map(([from, more]) => ({ from, to: from + more }));
    const line = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(fc.array(lines), line, fc.boolean(), (places, at, isBetween) => {
        const all = places.map((place) => ({ ...some, ...place }));
        const holding = all.filter(({ from, to }) => from <= at && (isBetween ? to > at : to >= at));
        const shortest = Math.min(...holding.map(({ from, to }) => to - from));
        const expected = holding.findLast(({ from, to }) => to - from === shortest);
        const found = changedSymbols(all, [{ from: at, count: isBetween ? 0 : 1 }]);
        expect(found).toEqual(expected === undefined ? [] : [expected]);
      }),
    );
  });
});
