import { expect, it } from "vitest";
import {
  type BranchLayers,
  type LayerState,
  layersToDrop,
} from "../../../../src/context/domain/code/layers-to-drop.ts";

const layer = (number: number, base: string | null, more: Partial<LayerState> = {}): LayerState => ({
  id: `l${number}`,
  base,
  state: "ready",
  number,
  touchedAt: 0,
  ...more,
});
const branch = (id: string, base: string, overlay: string | null, previous: string | null = null): BranchLayers => ({
  id,
  base,
  overlay,
  previous,
  publishedAt: 0,
});
const minute = 60_000;

it("keeps what branches are read from, and what they were read from before", () => {
  const layers = [layer(1, null), layer(2, "l1"), layer(3, "l1"), layer(4, "l1")];
  expect(layersToDrop(layers, [branch("main", "l1", "l4", "l3")], 0)).toEqual({ layers: ["l2"], branches: [] });
});

it("keeps a layer that is being written, until its writer is silent for long", () => {
  const layers = [layer(1, null), layer(2, "l1", { state: "building" }), layer(3, null, { state: "building" })];
  expect(layersToDrop(layers, [branch("main", "l1", null)], minute).layers).toEqual([]);
  expect(layersToDrop(layers, [branch("main", "l1", null)], 60 * minute).layers).toEqual(["l2", "l3"]);
});

it("keeps few bases, and none of their overlays without them", () => {
  const bases = [1, 2, 3, 4].map((number) => layer(number, null));
  const layers = [...bases, layer(5, "l1"), layer(6, "l4")];
  const branches = [branch("old", "l1", "l5"), branch("main", "l4", "l6")];
  expect(layersToDrop(layers, branches, 0)).toEqual({ layers: ["l1", "l2", "l3", "l5"], branches: ["old"] });
});

it("takes up what a sweep that died has left", () => {
  expect(layersToDrop([layer(1, null, { state: "dropped" })], [], 0).layers).toEqual(["l1"]);
});
