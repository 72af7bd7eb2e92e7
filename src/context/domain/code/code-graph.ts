import { posix } from "node:path";
import { createFileIndex } from "./file-index.ts";
import { familyOf } from "./language.ts";
import { packageNames } from "./package-names.ts";
import type { ParsedFile, ParsedSymbol } from "./parsed-file.ts";
import { resolveImport } from "./resolve-imports.ts";
import { isTestPath } from "./test-path.ts";

/** The relationships of DOMAIN.md §5 that a tree alone has. */
export const edgeKinds = ["DEFINES", "IMPORTS", "CALLS", "TESTS"] as const;

export type EdgeKind = (typeof edgeKinds)[number];

export type Edge = { readonly from: string; readonly to: string; readonly kind: EdgeKind };

export type SymbolNode = ParsedSymbol & {
  readonly id: string;
  readonly path: string;
  /** A test, or something that helps tests. */
  readonly test: boolean;
};

export type CodeFile = {
  readonly path: string;
  /** Git's id of its content. */
  readonly blob: string;
  readonly text: string;
  readonly parsed: ParsedFile | null;
};

/** Files by path, symbols by `path#Parent.name`, and what leads from one to another. */
export type CodeGraph = {
  readonly files: ReadonlyMap<string, CodeFile>;
  readonly symbols: ReadonlyMap<string, SymbolNode>;
  readonly symbolsOf: ReadonlyMap<string, readonly SymbolNode[]>;
  readonly edges: readonly Edge[];
};

/** A name that more things have than this says nothing of which is meant. */
const mostNamesakes = 4;
/** Of all these together. */
const mostOverloads = 32;

/** What leads from each file of a tree to the others, asked file by file. */
export type CodeLinks = {
  readonly symbolsOf: ReadonlyMap<string, readonly SymbolNode[]>;
  /** The files that a file imports. */
  readonly importsOf: ImportsOf;
  /** The edges that begin at a file or at a symbol of it. */
  edgesOf(path: string): readonly Edge[];
};

type ImportsOf = (path: string) => readonly string[];

/** Builds the graph of one tree. Pure: the same files give the same graph, edge by edge. */
export function buildCodeGraph(files: readonly CodeFile[]): CodeGraph {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const { symbolsOf, edgesOf } = linkCode(sorted);
  const edges = sorted.flatMap(({ path }) => edgesOf(path));
  const ofKind = (...kinds: readonly EdgeKind[]) => edges.filter(({ kind }) => kinds.includes(kind));
  return {
    files: new Map(sorted.map((file) => [file.path, file])),
    symbols: new Map([...symbolsOf.values()].flat().map((symbol) => [symbol.id, symbol])),
    symbolsOf,
    edges: [...ofKind("DEFINES"), ...ofKind("IMPORTS"), ...ofKind("CALLS", "TESTS")],
  };
}

/**
 * Says what each name and import of a tree means; the files come sorted by path. Of their texts only those of manifests are
 * read. `known` are imports that were resolved before: those of a file that is the same, in a tree of the same paths.
 */
export function linkCode(
  files: readonly CodeFile[],
  known: (path: string) => readonly string[] | null = () => null,
): CodeLinks {
  const symbolsOf = new Map(files.map((file) => [file.path, symbolNodes(file)]));
  const fileOf = new Map(files.map((file) => [file.path, file]));
  const importsOf = createImports(files, fileOf, known);
  const callsOf = createCalls(fileOf, symbolsOf, importsOf);
  return {
    symbolsOf,
    importsOf,
    edgesOf: (path) => [
      ...(symbolsOf.get(path) ?? []).map(({ id }): Edge => ({ from: path, to: id, kind: "DEFINES" })),
      ...importsOf(path).map((to): Edge => ({ from: path, to, kind: "IMPORTS" })),
      ...callsOf(path),
    ],
  };
}

const known = new WeakMap<CodeFile, readonly SymbolNode[]>();

/** What a file defines, each under a key of its own. */
export function symbolNodes(file: CodeFile): readonly SymbolNode[] {
  const nodes = known.get(file) ?? makeNodes(file);
  known.set(file, nodes);
  return nodes;
}

function makeNodes({ path, parsed }: CodeFile): readonly SymbolNode[] {
  const seen = new Map<string, number>();
  const inTests = isTestPath(path);
  const testModules = new Set(
    (parsed?.symbols ?? [])
      .filter(({ kind, name }) => kind === "module" && /^tests?$/.test(name))
      .map(({ name }) => name),
  );
  return (parsed?.symbols ?? []).map((symbol) => {
    const name = `${path}#${symbol.parent === null ? "" : `${symbol.parent}.`}${symbol.name}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    // Rust keeps its tests in a module `tests` of the file that they test.
    const inTestModule = testModules.has(symbol.parent ?? "") || testModules.has(symbol.name);
    return {
      ...symbol,
      id: count === 1 ? name : `${name}~${count}`,
      path,
      test: inTests || symbol.kind === "test" || inTestModule,
    };
  });
}

type FileOf = ReadonlyMap<string, CodeFile>;

function createImports(
  files: readonly CodeFile[],
  fileOf: FileOf,
  known: (path: string) => readonly string[] | null,
): ImportsOf {
  let tree: Parameters<typeof resolveImport>[2] | null = null;
  const found = new Map<string, readonly string[]>();
  const resolve: ImportsOf = (path) => {
    const parsed = fileOf.get(path)?.parsed ?? null;
    if (parsed === null) return [];
    tree ??= { index: createFileIndex(files.map((file) => file.path)), packages: packageNames(files) };
    const { language, imports } = parsed;
    const to = { path, language };
    const names = tree;
    return [...new Set(imports.flatMap((written) => resolveImport(written, to, names)))];
  };
  return (path) => {
    const targets = found.get(path) ?? known(path) ?? resolve(path);
    found.set(path, targets);
    return targets;
  };
}

/** Files that only pass on what others define. */
const passOn = /^(?:index\.[cm]?[jt]sx?|__init__\.py|mod\.rs|lib\.rs)$/;

/** Names of two words: `slice` or `get` without an import is some library's, `roundCents` is the one that there is. */
const tellingName = /\p{Ll}\p{Lu}|\p{L}_\p{L}|^\p{Lu}\p{Ll}{4}/u;

/** Go and Java see their package without an import: a folder, in Java one of the same name under another source root. */
function packageOf(path: string, family: string): string | null {
  const folder = posix.dirname(path);
  if (family === "java") return folder.replace(/^(?:.*\/)?src\/(?:\w+\/)?java(?:\/|$)/, "");
  return family === "go" ? folder : null;
}

function createCalls(
  fileOf: FileOf,
  symbolsOf: ReadonlyMap<string, readonly SymbolNode[]>,
  importsOf: ImportsOf,
): (path: string) => readonly Edge[] {
  const named = symbolsByName(fileOf, symbolsOf);
  return (path) => {
    const parsed = fileOf.get(path)?.parsed ?? null;
    if (parsed === null) return [];
    const family = familyOf(parsed.language);
    const visible = new Set(
      importsOf(path).flatMap((target) => [target, ...(passOn.test(posix.basename(target)) ? importsOf(target) : [])]),
    );
    const ownPackage = packageOf(path, family);
    const targetsOf = (name: string): readonly SymbolNode[] => {
      const all = named.get(`${family} ${name}`) ?? [];
      const own = all.filter((each) => each.path === path);
      const seen = all.filter(
        (each) => visible.has(each.path) || (ownPackage !== null && packageOf(each.path, family) === ownPackage),
      );
      const found =
        own.length > 0 ? own : seen.length > 0 ? seen : all.length === 1 && tellingName.test(name) ? all : [];
      // Overloads are one thing: which of them is called is not known, and they change together.
      const owners = new Set(found.map((each) => JSON.stringify([each.path, each.parent])));
      return owners.size <= mostNamesakes && found.length <= mostOverloads ? found : [];
    };
    const edges: Edge[] = [];
    const link = (from: string, test: boolean, names: readonly string[]): void => {
      for (const target of new Set(names.flatMap(targetsOf))) {
        if (target.id !== from) edges.push({ from, to: target.id, kind: test && !target.test ? "TESTS" : "CALLS" });
      }
    };
    for (const symbol of symbolsOf.get(path) ?? []) link(symbol.id, symbol.test, symbol.calls);
    link(path, isTestPath(path), parsed.calls);
    return edges;
  };
}

/** What may be called by a name, by the family of its language and the name; in the files' order. */
function symbolsByName(
  fileOf: FileOf,
  symbolsOf: ReadonlyMap<string, readonly SymbolNode[]>,
): ReadonlyMap<string, readonly SymbolNode[]> {
  const named = new Map<string, SymbolNode[]>();
  for (const { path, parsed } of fileOf.values()) {
    if (parsed === null) continue;
    const family = familyOf(parsed.language);
    for (const symbol of symbolsOf.get(path) ?? []) {
      if (symbol.kind === "test" || symbol.kind === "module") continue;
      const row = named.get(`${family} ${symbol.name}`);
      if (row === undefined) named.set(`${family} ${symbol.name}`, [symbol]);
      else row.push(symbol);
    }
  }
  return named;
}
