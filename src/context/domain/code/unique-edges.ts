import { type Edge, edgeKinds } from "./code-graph.ts";

/** Each edge once, in the order in which it came first. */
export function uniqueEdges(edges: readonly Edge[]): readonly Edge[] {
  // By the ends themselves: to make a text of both for each of hundreds takes longer than all the rest of it.
  const seen = new Map<string, Map<string, number>>();
  return edges.filter(({ from, to, kind }) => {
    const bit = 1 << edgeKinds.indexOf(kind);
    const ends = seen.get(from);
    if (ends === undefined) {
      seen.set(from, new Map([[to, bit]]));
      return true;
    }
    const kinds = ends.get(to) ?? 0;
    ends.set(to, kinds | bit);
    return (kinds & bit) === 0;
  });
}
