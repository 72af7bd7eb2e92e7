import { type CodeFile, type CodeLinks, linkCode, type SymbolNode } from "./code-graph.ts";
import { isManifest } from "./package-names.ts";

/** A tree that is indexed, one to index, and the paths in which they differ. Files are sorted by path. */
export type Trees = {
  readonly base: readonly CodeFile[];
  readonly view: readonly CodeFile[];
  readonly masked: ReadonlySet<string>;
};

/** What names mean in both trees, and the paths whose edges may not be the same. */
export type Sides = {
  readonly base: CodeLinks;
  readonly view: CodeLinks;
  readonly masked: ReadonlySet<string>;
  readonly paths: readonly string[];
};

/** Of a base that is used again and again while its files are in memory. */
const linked = new WeakMap<readonly CodeFile[], CodeLinks>();

/**
 * Links both trees. Where no path came or went and no manifest changed, an unchanged file imports what it did before; then
 * edges may differ only of those that import a changed file, or call a name that one has or had.
 */
export function linkSides(trees: Trees): Sides {
  const { masked } = trees;
  const base = linked.get(trees.base) ?? linkCode(trees.base);
  linked.set(trees.base, base);
  if (!haveSamePaths(trees)) {
    const paths = [...new Set([...trees.base, ...trees.view].map(({ path }) => path))];
    return { base, view: linkCode(trees.view), masked, paths };
  }
  const view = linkCode(trees.view, (path) => (masked.has(path) ? null : base.importsOf(path)));
  return { base, view, masked, paths: pathsNear(trees, { base, view, masked }) };
}

function haveSamePaths({ base, view, masked }: Trees): boolean {
  const before = new Set(base.map(({ path }) => path));
  const isSame = view.length === base.length && view.every(({ path }) => before.has(path));
  return isSame && ![...masked].some(isManifest);
}

function pathsNear({ view: files }: Trees, sides: Omit<Sides, "paths">): readonly string[] {
  const { view, masked } = sides;
  const names = new Set([...masked].flatMap((path) => symbolsIn(sides, path).map(({ name }) => name)));
  const isNamed = (name: string): boolean => names.has(name);
  const isNear = ({ path, parsed }: CodeFile): boolean =>
    parsed !== null &&
    (view.importsOf(path).some((target) => masked.has(target)) ||
      parsed.calls.some(isNamed) ||
      parsed.symbols.some(({ calls }) => calls.some(isNamed)));
  return [...new Set([...masked, ...files.filter(isNear).map(({ path }) => path)])];
}

/** The symbols that either tree has under a path. */
export function symbolsIn({ base, view }: Pick<Sides, "base" | "view">, path: string): readonly SymbolNode[] {
  return [...(base.symbolsOf.get(path) ?? []), ...(view.symbolsOf.get(path) ?? [])];
}
