import { describe, expect, it } from "vitest";
import type { CodeLinks, Edge } from "../../../../src/context/domain/code/code-graph.ts";
import { cappedEdges, createOverlayEdges } from "../../../../src/context/domain/code/overlay-edges.ts";

const imports = (from: string, to: string): Edge => ({ from, to, kind: "IMPORTS" });
const many = (count: number, to: string) => Array.from({ length: count }, (_, n) => imports(`f${1_000 + n}`, to));

function linksOf(edges: readonly Edge[]): CodeLinks {
  const edgesOf = (path: string) => edges.filter(({ from }) => from === path);
  return { symbolsOf: new Map(), importsOf: () => [], edgesOf };
}

/** What becomes of these edges of a base in a view, with these files changed. */
function differ(before: readonly Edge[], after: readonly Edge[], masked: readonly string[] = []) {
  const paths = new Set([...before, ...after].map(({ from }) => from));
  const edges = createOverlayEdges({ base: linksOf(before), view: linksOf(after), masked: new Set(masked), paths: [] });
  for (const path of paths) edges.look(path);
  return edges.edges();
}

describe("the edges of a layer over a base", () => {
  it("are its own where an end is in a changed file, and else what appeared and ended", () => {
    const kept = imports("a", "b");
    expect(
      differ([kept, imports("a", "c"), imports("d", "m")], [kept, imports("a", "e"), imports("m", "a")], ["m"]),
    ).toEqual({
      own: [{ ...imports("m", "a"), ownFrom: true, ownTo: false }],
      appeared: [imports("a", "e")],
      ended: [imports("a", "c")],
    });
  });

  it("are no layer's where too much appears or ends between unchanged files", () => {
    expect(differ([], many(1_000, "a"))?.appeared).toHaveLength(1_000);
    expect(differ([], many(1_001, "a"))).toBeNull();
  });

  it("are no layer's where a thing loses more edges than its list in the base can spare", () => {
    const files = many(513, "a").map(({ from }) => from);
    expect(differ(many(512, "a"), [], files)).not.toBeNull();
    expect(differ(many(513, "a"), [], files)).toBeNull();
    expect(differ(many(513, "a"), [], [...files, "a"]), "which is changed itself").not.toBeNull();
  });
});

it("512 edges of a kind lead to one thing, by where they come from", () => {
  const others = [imports("x", "y"), { ...imports("f0", "a"), kind: "CALLS" as const }];
  const edges = [...many(600, "a").reverse(), ...others];
  expect(cappedEdges(edges)).toEqual([...others, ...many(512, "a")]);
  expect(cappedEdges(many(512, "a").reverse())).toEqual(many(512, "a").reverse());
});
