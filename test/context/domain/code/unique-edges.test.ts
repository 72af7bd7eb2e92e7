import fc from "fast-check";
import { expect, test } from "vitest";
import { edgeKinds } from "../../../../src/context/domain/code/code-graph.ts";
import { uniqueEdges } from "../../../../src/context/domain/code/unique-edges.ts";

test("each edge is there once, in the order in which it came first", () => {
  const end = fc.constantFrom("a", "b", "c", "a#b");
  const edge = fc.record({ from: end, to: end, kind: fc.constantFrom(...edgeKinds) });
  fc.assert(
    fc.property(fc.array(edge), (edges) => {
      const first = edges.filter(
        (each, at) =>
          edges.findIndex(({ from, to, kind }) => from === each.from && to === each.to && kind === each.kind) === at,
      );
      expect(uniqueEdges(edges)).toEqual(first);
    }),
  );
});
