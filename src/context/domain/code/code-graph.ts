import { posix } from "node:path";
import { createFileIndex } from "./file-index.ts";
import { familyOf, type Language } from "./language.ts";
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

/** Builds the graph of one tree. Pure: the same files give the same graph, edge by edge. */
export function buildCodeGraph(files: readonly CodeFile[]): CodeGraph {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const symbolsOf = new Map(sorted.map((file) => [file.path, symbolNodes(file)]));
  const symbols = new Map([...symbolsOf.values()].flat().map((symbol) => [symbol.id, symbol]));
  const imports = importsOf(sorted);
  const definitions = [...symbolsOf].flatMap(([path, own]) =>
    own.map(({ id }): Edge => ({ from: path, to: id, kind: "DEFINES" })),
  );
  const imported = [...imports].flatMap(([path, targets]) =>
    targets.map((to): Edge => ({ from: path, to, kind: "IMPORTS" })),
  );
  return {
    files: new Map(sorted.map((file) => [file.path, file])),
    symbols,
    symbolsOf,
    edges: [...definitions, ...imported, ...callsOf(sorted, symbolsOf, imports)],
  };
}

function symbolNodes({ path, parsed }: CodeFile): readonly SymbolNode[] {
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

function importsOf(files: readonly CodeFile[]): ReadonlyMap<string, readonly string[]> {
  const index = createFileIndex(files.map(({ path }) => path));
  const packages = packageNames(files);
  return new Map(
    files.flatMap(({ path, parsed }) => {
      if (parsed === null) return [];
      const site = { path, language: parsed.language };
      const targets = parsed.imports.flatMap((written) => resolveImport(written, site, { index, packages }));
      return [[path, [...new Set(targets)]] as const];
    }),
  );
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

function callsOf(
  files: readonly CodeFile[],
  symbolsOf: ReadonlyMap<string, readonly SymbolNode[]>,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly Edge[] {
  const named = new Map<string, SymbolNode[]>();
  const languageOf = new Map<string, Language>();
  for (const { path, parsed } of files) {
    if (parsed !== null) languageOf.set(path, parsed.language);
    for (const symbol of symbolsOf.get(path) ?? []) {
      if (symbol.kind === "test" || symbol.kind === "module") continue;
      const row = named.get(symbol.name);
      if (row === undefined) named.set(symbol.name, [symbol]);
      else row.push(symbol);
    }
  }
  const edges: Edge[] = [];
  for (const { path, parsed } of files) {
    if (parsed === null) continue;
    const family = familyOf(parsed.language);
    const direct = imports.get(path) ?? [];
    const visible = new Set(
      direct.flatMap((target) => [target, ...(passOn.test(posix.basename(target)) ? (imports.get(target) ?? []) : [])]),
    );
    const ownPackage = packageOf(path, family);
    const targetsOf = (name: string): readonly SymbolNode[] => {
      const all = (named.get(name) ?? []).filter((each) => {
        const language = languageOf.get(each.path);
        return language !== undefined && familyOf(language) === family;
      });
      const own = all.filter((each) => each.path === path);
      const seen = all.filter(
        (each) => visible.has(each.path) || (ownPackage !== null && packageOf(each.path, family) === ownPackage),
      );
      const found =
        own.length > 0 ? own : seen.length > 0 ? seen : all.length === 1 && tellingName.test(name) ? all : [];
      return found.length <= mostNamesakes ? found : [];
    };
    const link = (from: string, test: boolean, names: readonly string[]): void => {
      for (const target of new Set(names.flatMap(targetsOf))) {
        if (target.id !== from) edges.push({ from, to: target.id, kind: test && !target.test ? "TESTS" : "CALLS" });
      }
    };
    for (const symbol of symbolsOf.get(path) ?? []) link(symbol.id, symbol.test, symbol.calls);
    link(path, isTestPath(path), parsed.calls);
  }
  return edges;
}
