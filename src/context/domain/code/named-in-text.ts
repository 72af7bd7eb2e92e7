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
  nameFiles(read, graph, raise);
  nameSymbols(read, graph, raise);
  return named;
}

type Raise = (key: string, sure: number) => void;

function nameFiles(text: string, { files }: CodeGraph, raise: Raise): void {
  const byName = new Map<string, string[]>();
  for (const path of files.keys()) {
    const name = posix.basename(path);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  for (const [written] of text.matchAll(/[\p{L}\p{N}_@.+~/\\-]{2,300}/gu)) {
    const path = written.replaceAll("\\", "/").replace(/^(?:\.{0,2}\/)+|[./]+$/g, "");
    const matches = (byName.get(posix.basename(path)) ?? []).filter(
      (each) => each === path || each.endsWith(`/${path}`),
    );
    // Words without an ending, `Makefile` say, name a file only where they are written as a path.
    const isFile = path.includes("/") || /\.\w+$/.test(path);
    if (isFile && matches.length <= 5) for (const match of matches) raise(match, 1 / matches.length);
  }
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
