import { posix } from "node:path";
import type { CodeEntry } from "./code-index.ts";
import { languageOf } from "./language.ts";

/**
 * Things that a text names outright, with how sure that is: 1 for a path or a word that is written as code is, less for a plain
 * word and for one of many namesakes, and more for a name with its owner: `Invoice.total` is nothing else.
 */
export type Named = ReadonlyMap<string, number>;

/** Texts are read so far, and so many names of one; what is named later is not what the text is about. */
const longestText = 200_000;
const mostNames = 400;

/** The last names of files and the names of symbols that a text may name: what to ask an index for. */
export function namesIn(text: string): readonly string[] {
  const read = text.slice(0, longestText);
  const files = writtenPaths(read).map((path) => posix.basename(path));
  const symbols = identifiersIn(read).map(({ name }) => name);
  return [...new Set([...files, ...symbols])].slice(0, mostNames);
}

/** Those that a text writes as only code is written: names of files, of classes and functions with what they are in. */
export function codeNamesIn(text: string): readonly string[] {
  const read = text.slice(0, longestText);
  const files = writtenPaths(read).map((path) => posix.basename(path));
  const symbols = identifiersIn(read).flatMap(({ name, owner, isCode }) => [
    ...(isCode ? [name] : []),
    ...(owner === undefined ? [] : [owner]),
  ]);
  return [...new Set([...files, ...symbols])];
}

/** Which of these files and symbols a text names, by path, by file name, and by identifier. Their keys are the keys. */
export function namedInText(text: string, entries: readonly CodeEntry[]): Named {
  const named = new Map<string, number>();
  const raise = (key: string, sure: number): void => {
    named.set(key, Math.max(named.get(key) ?? 0, sure));
  };
  const read = text.slice(0, longestText);
  const files = entries.filter(({ symbol }) => symbol === null);
  for (const [path, sure] of pathsNamedIn(
    read,
    files.map(({ path }) => path),
  ))
    raise(path, sure);
  nameSymbols(read, entries, raise);
  return named;
}

type Raise = (key: string, sure: number) => void;

/** Which of these paths a text names, whole or by their last parts, with how sure that is. */
export function pathsNamedIn(text: string, paths: Iterable<string>): Named {
  const named = new Map<string, number>();
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const name = posix.basename(path);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  for (const written of writtenPaths(text)) {
    const matches = (byName.get(posix.basename(written)) ?? []).filter(
      (each) => each === written || each.endsWith(`/${written}`),
    );
    if (matches.length > 5) continue;
    for (const match of matches) named.set(match, Math.max(named.get(match) ?? 0, 1 / matches.length));
  }
  return named;
}

/** The words of a text that are written as paths or as file names are. */
export function writtenPaths(text: string): readonly string[] {
  return (
    [...text.matchAll(/[\p{L}\p{N}_@.+~/\\-]{2,300}/gu)]
      .map(([written]) => written.replaceAll("\\", "/").replace(/^(?:\.{0,2}\/)+|[./]+$/g, ""))
      // Words without an ending, `Makefile` say, name a file only where they are written as a path.
      .filter((path) => path.includes("/") || /\.\w+$/.test(path))
  );
}

/** A word that may name a symbol: `Invoice.total` is `total` of `Invoice`; `isCode` where it is written as code is. */
type Identifier = { readonly name: string; readonly owner: string | undefined; readonly isCode: boolean };

function identifiersIn(text: string): readonly Identifier[] {
  const pattern =
    /(?<![\p{L}\p{N}_$])(`?)[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::|#|->)[\p{L}_$][\p{L}\p{N}_$]*)*(?:\(|`)?/gu;
  return [...text.matchAll(pattern)].map((match) => {
    const [written, tick = ""] = match;
    const parts = written
      .replace(/[`(]/g, "")
      .split(/\.|::|#|->/)
      .filter((part) => part !== "prototype");
    const name = parts.at(-1) ?? "";
    // `Invoice` at the start of a sentence, or `merge`, may be a mere word; `roundCents`, `round_cents`, `round(` and `cart.round`
    // are not, nor is what a stack trace says.
    const isMember = parts.length > 1 && name.length > 2 && languageOf(written) === null && !isFileOrHost(match);
    const isFrame = frame.test(text.slice(Math.max(0, match.index - 40), match.index));
    const isCode = tick !== "" || written.endsWith("(") || isMember || isFrame || /[_$\d]|\p{Ll}\p{Lu}/u.test(name);
    return { name, owner: parts.at(-2), isCode };
  });
}

/** Endings of files and of hosts that are no members: `package.json`, `docs.example.org`. */
const endings = new Set(
  "json yaml yml toml xml html htm css scss less rst txt cfg conf ini env lock sql csv svg png jpg jpeg gif pdf zip log com org net dev".split(
    " ",
  ),
);

function isFileOrHost({ 0: written, index, input }: RegExpExecArray): boolean {
  const ending = written.slice(written.lastIndexOf(".") + 1).toLowerCase();
  return endings.has(ending) || /[/@-]/.test(input.charAt(index - 1)) || input.charAt(index + written.length) === "/";
}

/** What stands before a function in the stack traces of Python and JavaScript. */
const frame = /(?:", line \d+, in|\n\s+at(?: async| new)?) $/;

/** What a word that is not written as code is says of what has it for a name. */
const mereWord = 0.15;

/** Whether something is a class's own; or a module's, which is called after its file, in Go after its folder. */
function isOwner(owner: string, { parent, path }: { readonly parent: string | null; readonly path: string }): boolean {
  if (parent !== null) return parent.split(".").at(-1) === owner;
  const { name, dir, ext } = posix.parse(path);
  const module = ext === ".go" ? posix.basename(dir) : name;
  return module.toLowerCase() === owner.toLowerCase();
}

/** More than all that words say, and what they say of its file (`fileShare`). */
const withOwner = 3;

function nameSymbols(text: string, entries: readonly CodeEntry[], raise: Raise): void {
  const byName = new Map<string, { key: string; parent: string | null; path: string }[]>();
  for (const { key, path, symbol } of entries) {
    if (symbol === null || symbol.kind === "test") continue;
    const row = byName.get(symbol.name) ?? [];
    row.push({ key, parent: symbol.parent, path });
    byName.set(symbol.name, row);
  }
  for (const { name, owner, isCode } of identifiersIn(text)) {
    const row = byName.get(name) ?? [];
    const owned = owner === undefined ? [] : row.filter((each) => isOwner(owner, each));
    // Overloads are the same thing in several forms.
    for (const { key } of owned) raise(key, withOwner);
    if (owned.length > 0) continue;
    for (const { key } of row) raise(key, (isCode ? 1 : mereWord) / Math.sqrt(row.length));
  }
}
