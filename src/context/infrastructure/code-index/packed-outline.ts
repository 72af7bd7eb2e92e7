import { z } from "zod";
import type { CodeNode } from "../../application/code-index-ports.ts";
import type { CodeEntry } from "../../domain/code/code-index.ts";
import { isTestPath } from "../../domain/code/test-path.ts";
import { storedKind } from "./stored-facts.ts";

/** What a layer holds of one file: git's id of its content, and the file and its symbols by key. */
export type Outline = { readonly blob: string; readonly entries: ReadonlyMap<string, CodeEntry> };

/** A key without its path; empty for the file's own. */
const rest = z.string();
const flag = z.literal([0, 1]);
const place = z.tuple([rest, z.string(), storedKind, z.string().nullable(), z.int(), z.int(), z.int(), flag]);
const packed = z.tuple([z.string(), z.array(z.union([z.tuple([rest, flag]), place]))]);

/**
 * The nodes of one file as one text. They are nodes of the graph as well; what is read of hundreds of them for each context is
 * this, at a fraction of the time.
 */
export function packOutline(path: string, nodes: readonly CodeNode[]): string {
  const rows = nodes.map(({ key, symbol }) => {
    const own = key.slice(path.length);
    if (symbol === null) return [own, isTestPath(path) ? 1 : 0];
    const { name, kind, parent, from, to, signatureTo, test } = symbol;
    return [own, name, kind, parent, from, to, signatureTo, test ? 1 : 0];
  });
  return JSON.stringify([nodes[0]?.blob ?? "", rows]);
}

export function unpackOutline(path: string, text: string): Outline {
  const [blob, rows] = packed.parse(JSON.parse(text));
  const entries = rows.map((row): CodeEntry => {
    const key = `${path}${row[0]}`;
    if (row.length === 2) return { key, path, symbol: null, test: row[1] === 1 };
    const [, name, kind, parent, from, to, signatureTo, test] = row;
    return { key, path, symbol: { name, kind, parent, from, to, signatureTo }, test: test === 1 };
  });
  return { blob, entries: new Map(entries.map((entry) => [entry.key, entry])) };
}
