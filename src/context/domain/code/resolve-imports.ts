import { posix } from "node:path";
import type { FileIndex } from "./file-index.ts";
import { familyOf, type Language } from "./language.ts";
import type { PackageNames } from "./package-names.ts";

export type ImportSite = { readonly path: string; readonly language: Language };
type Tree = { readonly index: FileIndex; readonly packages: PackageNames };

/** An import of a whole package means at most so many of its files. */
const mostFiles = 40;

/** The files of the tree that an import names, as far as its text says it; none where it names a foreign package. */
export function resolveImport(written: string, site: ImportSite, tree: Tree): readonly string[] {
  const resolve = resolvers[familyOf(site.language)];
  return (resolve?.(written, site, tree) ?? []).filter((path) => path !== site.path).slice(0, mostFiles);
}

const resolvers: Readonly<Record<string, (written: string, site: ImportSite, tree: Tree) => readonly string[]>> = {
  javascript,
  python,
  go,
  java,
  rust,
};

const scriptEndings = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".d.ts"];
const indexFiles = ["/index.ts", "/index.tsx", "/index.js", "/index.jsx", "/index.mjs"];

function javascript(written: string, site: ImportSite, tree: Tree): readonly string[] {
  const target = written.replace(/[?#].*$/, "");
  if (/^\.{1,2}(?:\/|$)/.test(target)) return script(posix.join(posix.dirname(site.path), target), tree);
  // The usual alias of bundlers for the source folder.
  if (/^[@~]\//.test(target)) return script(posix.join("src", target.slice(2)), tree);
  const parts = target.split("/");
  const name = parts.slice(0, target.startsWith("@") ? 2 : 1).join("/");
  const directory = tree.packages.npm.get(name);
  if (directory === undefined) return [];
  const rest = target.slice(name.length + 1);
  return [posix.join(directory, rest), posix.join(directory, "src", rest)]
    .flatMap((path) => script(path, tree))
    .slice(0, 1);
}

/** TypeScript writes `.js` for the `.ts` beside it. */
function script(path: string, { index }: Tree): readonly string[] {
  const swapped = path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2");
  const candidates = [
    ...scriptEndings.map((ending) => path + ending),
    swapped,
    swapped.replace(/\.ts$/, ".tsx"),
    ...indexFiles.map((file) => posix.join(path, file)),
  ];
  const found = candidates.find((candidate) => index.has(candidate));
  return found === undefined ? [] : [found];
}

function python(written: string, site: ImportSite, tree: Tree): readonly string[] {
  const [, dots = "", module = "", names = ""] = /^from\s+(\.*)\s*([\w.]*)\s+import\s+([\s\S]*)$/.exec(written) ?? [];
  if (names === "") return moduleFiles(written.replaceAll(".", "/"), tree, site.path);
  const own = module.replaceAll(".", "/");
  const imported = names
    .replace(/#.*$/gm, "")
    .split(/[\s,()\\]+/)
    .filter((name) => /^\w+$/.test(name) && name !== "as");
  const base = dots === "" ? own : posix.join(posix.dirname(site.path), "../".repeat(dots.length - 1), own);
  const find = (path: string): readonly string[] =>
    dots === "" ? moduleFiles(path, tree, site.path) : moduleAt(path, tree);
  // A name may be a module of the package or a thing in it.
  const modules = imported.flatMap((name) => find(posix.join(base, name)));
  return [...new Set([...find(base), ...modules])];
}

function moduleAt(path: string, { index }: Tree): readonly string[] {
  return [`${path}.py`, posix.join(path, "__init__.py"), `${path}.pyi`].filter((file) => index.has(file));
}

/** The root that modules are counted from is not written anywhere: the nearest file with that ending is meant. */
function moduleFiles(path: string, { index }: Tree, from: string): readonly string[] {
  if (path === "" || path.startsWith("/")) return [];
  const found = [...index.endingWith(`${path}.py`), ...index.endingWith(`${path}/__init__.py`)];
  return nearest(found, from);
}

function nearest(paths: readonly string[], from: string): readonly string[] {
  const shared = (path: string): number => {
    let at = 0;
    while (at < path.length && path[at] === from[at]) at += 1;
    return at;
  };
  const [best] = [...paths].sort((a, b) => shared(b) - shared(a) || a.length - b.length || (a < b ? -1 : 1));
  return best === undefined ? [] : [best];
}

function go(written: string, _site: ImportSite, { index, packages }: Tree): readonly string[] {
  const roots = [...packages.go].filter(([name]) => written === name || written.startsWith(`${name}/`));
  const [longest] = roots.sort(([a], [b]) => b.length - a.length);
  if (longest === undefined) return [];
  const [name, directory] = longest;
  return index
    .inDirectory(posix.join(directory, written.slice(name.length + 1)))
    .filter((path) => path.endsWith(".go") && !path.endsWith("_test.go"));
}

function java(written: string, site: ImportSite, { index }: Tree): readonly string[] {
  const [, target = ""] = /^import\s+(?:static\s+)?([\w.*]+)/.exec(written) ?? [];
  const parts = target.split(".");
  if (parts.at(-1) === "*") {
    const directory = parts.slice(0, -1).join("/");
    return index
      .directoriesEndingWith(directory)
      .flatMap((each) => index.inDirectory(each))
      .filter((path) => path.endsWith(".java"));
  }
  // A static import or an inner class ends with a member: the file is further up.
  for (let length = parts.length; length > 1 && length > parts.length - 2; length -= 1) {
    const found = nearest(index.endingWith(`${parts.slice(0, length).join("/")}.java`), site.path);
    if (found.length > 0) return found;
  }
  return [];
}

function rust(written: string, site: ImportSite, tree: Tree): readonly string[] {
  const name = posix.basename(site.path);
  const directory = posix.dirname(site.path);
  const own = ["mod.rs", "lib.rs", "main.rs"].includes(name) ? directory : site.path.replace(/\.rs$/, "");
  const declared = /^mod (\w+)$/.exec(written)?.[1];
  if (declared !== undefined) return rustModule([own], [declared], tree);
  return expandUse(written).flatMap((path) => {
    const parts = path.split("::").filter((part) => part !== "" && part !== "*");
    const [head = "", ...rest] = parts;
    if (head === "crate") return rustModule([crateRoot(site.path)], rest, tree);
    if (head === "self") return rustModule([own], rest, tree);
    if (head === "super") {
      const ups = parts.findIndex((part) => part !== "super");
      const levels = ups === -1 ? parts.length : ups;
      return rustModule([posix.join(own, "../".repeat(levels))], parts.slice(levels), tree);
    }
    const other = tree.packages.rust.get(head);
    return other === undefined ? rustModule([own], parts, tree) : rustModule([posix.join(other, "src")], rest, tree);
  });
}

function crateRoot(path: string): string {
  const at = path.lastIndexOf("src/");
  return at === -1 ? posix.dirname(path) : path.slice(0, at + 3);
}

/** The module that the longest part of a path names: its end is a thing in the module. */
function rustModule(roots: readonly string[], parts: readonly string[], { index }: Tree): readonly string[] {
  for (const root of roots) {
    for (let length = parts.length; length > 0; length -= 1) {
      const path = posix.join(root, ...parts.slice(0, length));
      const found = [`${path}.rs`, `${path}/mod.rs`].find((file) => index.has(file));
      if (found !== undefined) return [found];
    }
    const found = ["lib.rs", "mod.rs", "main.rs"].map((file) => posix.join(root, file)).find((file) => index.has(file));
    if (found !== undefined && parts.length > 0) return [found];
  }
  return [];
}

/** `a::{b, c::d}` is `a::b` and `a::c::d`; deeper than four levels it is taken as it is. */
function expandUse(written: string, depth = 0): readonly string[] {
  const text = written.replace(/\s+/g, " ").trim();
  const open = text.indexOf("{");
  if (open === -1 || depth > 4) return [text.replace(/ as \w+$/, "")];
  const head = text.slice(0, open);
  const inner = text.slice(open + 1, text.lastIndexOf("}"));
  const parts: string[] = [];
  let level = 0;
  let start = 0;
  for (let at = 0; at <= inner.length; at += 1) {
    const char = inner[at];
    if (char === "{") level += 1;
    if (char === "}") level -= 1;
    if (at === inner.length || (char === "," && level === 0)) {
      parts.push(inner.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts.filter((part) => part !== "").flatMap((part) => expandUse(head + part, depth + 1));
}
