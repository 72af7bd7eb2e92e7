import { posix } from "node:path";
import type { CodeGraph } from "./code-graph.ts";

/** Things that a text names outright, with how sure that is: 1 for a path or a qualified name, less for a plain word. */
export type Named = ReadonlyMap<string, number>;

/** Texts are read so far; what is named later than that is not what the text is about. */
const longestText = 200_000;

/** Finds the files and symbols that a text names, by path, by file name, and by identifier. Ids and paths are the keys. */
export function namedInText(text: string, graph: CodeGraph): Named {
  const named = new Map<string, number>();
  const raise = (key: string, sure: number): void => {
    named.set(key, Math.max(named.get(key) ?? 0, sure));
  };
  const read = text.slice(0, longestText);
  for (const [path, sure] of pathsNamedIn(read, graph.files.keys())) raise(path, sure);
  nameSymbols(read, graph, raise);
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

function nameSymbols(text: string, { symbols }: CodeGraph, raise: Raise): void {
  const byName = new Map<string, { id: string; parent: string | null }[]>();
  for (const { id, name, parent, kind } of symbols.values()) {
    if (kind === "test") continue;
    const row = byName.get(name);
    if (row === undefined) byName.set(name, [{ id, parent }]);
    else row.push({ id, parent });
  }
  for (const [written, tick] of text.matchAll(
    /(?<![\p{L}\p{N}_$])(`?)[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::|#|->)[\p{L}_$][\p{L}\p{N}_$]*)*(?:\(|`)?/gu,
  )) {
    const parts = written.replace(/[`(]/g, "").split(/\.|::|#|->/);
    const name = parts.at(-1) ?? "";
    const owner = parts.at(-2);
    const row = byName.get(name) ?? [];
    if (row.length === 0) continue;
    const owned = owner === undefined ? [] : row.filter(({ parent }) => parent?.split(".").at(-1) === owner);
    for (const { id } of owned) raise(id, 1 / owned.length);
    if (owned.length > 0) continue;
    // `Invoice` at the start of a sentence, or `merge`, may be a mere word; `roundCents`, `round_cents` and `round(` are not.
    const isCode = tick !== "" || written.endsWith("(") || /[_$\d]|\p{Ll}\p{Lu}/u.test(name);
    const sure = (isCode ? 1 : 0.15) / Math.sqrt(row.length);
    if (row.length <= 12) for (const { id } of row) raise(id, sure);
  }
}
