import type { Edge } from "./code-graph.ts";
import { type Sides, symbolsIn } from "./link-sides.ts";
import { mostRead } from "./posting-lists.ts";

/** An edge of a layer; an end that is masked is in the layer itself, any other in its base. */
export type LayerEdge = Edge & { readonly ownFrom: boolean; readonly ownTo: boolean };

/** How the edges of a tree differ from its base's. */
export type OverlayEdges = {
  /** Those with an end in a changed file. */
  readonly own: readonly LayerEdge[];
  /** Between unchanged files: true now, and true no more. */
  readonly appeared: readonly Edge[];
  readonly ended: readonly Edge[];
};

/** So many edges between unchanged files may appear and end before a new base is due. */
const mostBetween = 1_000;

/**
 * Collects what changed between two trees, file by file: a name that appeared or went may change what unchanged files call.
 */
export function createOverlayEdges(sides: Sides) {
  const { base, view, masked } = sides;
  const maskedKeys = keysOf(sides);
  const isMasked = (key: string): boolean => maskedKeys.has(key);
  const own: LayerEdge[] = [];
  const appeared: Edge[] = [];
  const ended: Edge[] = [];
  const lost = new Map<string, number>();
  const lose = (edge: Edge): void => {
    if (isMasked(edge.to)) return;
    const end = `${edge.kind} ${edge.to}`;
    lost.set(end, (lost.get(end) ?? 0) + 1);
  };
  return {
    /** Looks at a path of either tree. */
    look(path: string): void {
      const before = base.edgesOf(path);
      const after = view.edgesOf(path);
      const ownFrom = masked.has(path);
      const known = ownFrom ? new Set<string>() : new Set(before.map(nameOf));
      for (const edge of after) {
        const ownTo = isMasked(edge.to);
        if (ownFrom || ownTo) own.push({ ...edge, ownFrom, ownTo });
        else if (!known.has(nameOf(edge))) appeared.push(edge);
      }
      const still = ownFrom ? new Set<string>() : new Set(after.map(nameOf));
      for (const edge of before) {
        if (still.has(nameOf(edge))) continue;
        lose(edge);
        if (!ownFrom && !isMasked(edge.to)) ended.push(edge);
      }
    },
    /** Null: so much is gone that the lists of the base do not hold enough of what is left. */
    edges(): OverlayEdges | null {
      const isTooMuch =
        ended.length + appeared.length > mostBetween || [...lost.values()].some((count) => count > mostRead);
      return isTooMuch ? null : { own: cappedEdges(own), appeared, ended };
    },
  };
}

function nameOf({ from, to, kind }: Edge): string {
  return `${kind} ${from}\n${to}`;
}

/** The masked paths, and the symbols that either tree has in them. */
function keysOf(sides: Sides): ReadonlySet<string> {
  return new Set([...sides.masked].flatMap((path) => [path, ...symbolsIn(sides, path).map(({ id }) => id)]));
}

/** Whatever leads to one thing beyond this is not kept, in the order of where it comes from: nobody reads so much. */
const mostInto = 512;

/** The edges without those that lead where hundreds do already. */
export function cappedEdges<T extends Edge>(edges: readonly T[]): readonly T[] {
  const counts = new Map<string, number>();
  for (const { kind, to } of edges) counts.set(`${kind} ${to}`, (counts.get(`${kind} ${to}`) ?? 0) + 1);
  const crowded = new Set([...counts].filter(([, count]) => count > mostInto).map(([end]) => end));
  if (crowded.size === 0) return edges;
  const isCrowded = ({ kind, to }: T): boolean => crowded.has(`${kind} ${to}`);
  const byEnd = new Map<string, T[]>();
  for (const edge of edges.filter(isCrowded)) {
    const end = `${edge.kind} ${edge.to}`;
    const row = byEnd.get(end);
    if (row === undefined) byEnd.set(end, [edge]);
    else row.push(edge);
  }
  const kept = [...byEnd.values()].flatMap((row) => row.sort((a, b) => (a.from < b.from ? -1 : 1)).slice(0, mostInto));
  return [...edges.filter((edge) => !isCrowded(edge)), ...kept];
}
