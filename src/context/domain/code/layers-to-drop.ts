/** A set of an index's nodes: all of one tree, or what another tree has else than its base. */
export type LayerState = {
  readonly id: string;
  readonly base: string | null;
  readonly state: "building" | "ready" | "dropped";
  /** Rises with each layer of the repository. */
  readonly number: number;
  /** When it was written to last, in epoch ms. */
  readonly touchedAt: number;
};

/** What the index of a branch is read from. */
export type BranchLayers = {
  readonly id: string;
  readonly base: string;
  readonly overlay: string | null;
  /** What it was read from before: whoever began to read may go on. */
  readonly previous: string | null;
  readonly publishedAt: number;
};

/** A layer that nobody has written to for so long is of an indexer that died. */
const abandonedMs = 10 * 60_000;
const mostBranches = 50;
const mostBases = 3;

/** The layers that nothing is read from any more, and the branches that nobody has indexed for long. */
export function layersToDrop(
  layers: readonly LayerState[],
  branches: readonly BranchLayers[],
  now: number,
): { readonly layers: readonly string[]; readonly branches: readonly string[] } {
  const alive = layers.filter(
    ({ state, touchedAt }) => state === "ready" || (state === "building" && now - touchedAt < abandonedMs),
  );
  const newestFirst = (isBase: boolean) =>
    alive.filter(({ base }) => (base === null) === isBase).sort((a, b) => b.number - a.number);
  const bases = new Set(
    newestFirst(true)
      .slice(0, mostBases)
      .map(({ id }) => id),
  );
  const keptBranches = branches
    .filter(({ base }) => bases.has(base))
    .sort((a, b) => b.publishedAt - a.publishedAt)
    .slice(0, mostBranches);
  const read = new Set(keptBranches.flatMap(({ overlay, previous }) => [overlay, previous]));
  const overlays = newestFirst(false).filter(
    ({ id, base, state }) => bases.has(base ?? "") && (state === "building" || read.has(id)),
  );
  const [newest] = newestFirst(true);
  const used = new Set([...keptBranches.map(({ base }) => base), ...overlays.map(({ base }) => base), newest?.id]);
  const keptBases = newestFirst(true).filter(({ id, state }) => state === "building" || used.has(id));
  const kept = new Set([...overlays, ...keptBases].map(({ id }) => id));
  const branchesLeft = new Set(keptBranches.map(({ id }) => id));
  return {
    layers: layers.filter(({ id }) => !kept.has(id)).map(({ id }) => id),
    branches: branches.filter(({ id }) => !branchesLeft.has(id)).map(({ id }) => id),
  };
}
