import { z } from "zod";
import { type Edge, edgeKinds } from "../../domain/code/code-graph.ts";
import type { LayerMemory } from "./layer-memory.ts";

/** Raised when what a layer holds, how names are looked up or how files are followed over renames changes: older layers are made anew. */
export const layerFormat = 5;

/** A base and what lies over it. */
export type View = {
  readonly base: string;
  readonly overlay: string | null;
  /** Paths of which the base says nothing true any more. */
  readonly masked: ReadonlySet<string>;
  /** Edges between files of the base that are true no more, and those that are true now; by their `edgeText`. */
  readonly ended: ReadonlySet<string>;
  readonly appeared: readonly Edge[];
  readonly memory: LayerMemory;
};

/** The layers of a view, what lies over the base first. */
export function layersOf({ base, overlay }: View): readonly string[] {
  return overlay === null ? [base] : [overlay, base];
}

/** Whether what a layer says of a path is true in the view. */
export function isSeen({ base, masked }: View, layer: string, path: string): boolean {
  return layer !== base || !masked.has(path);
}

/** An edge as one text, as it is kept on the node of a layer. */
export function edgeText({ from, kind, to }: Edge): string {
  return JSON.stringify([from, kind, to]);
}

const edgeParts = z.tuple([z.string(), z.enum(edgeKinds), z.string()]);

export function edgeOf(text: string): Edge {
  const [from, kind, to] = edgeParts.parse(JSON.parse(text));
  return { from, kind, to };
}
