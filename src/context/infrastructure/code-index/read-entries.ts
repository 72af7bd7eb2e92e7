import { z } from "zod";
import type { Transaction } from "../../../kernel/transaction.ts";
import type { CodeEntry } from "../../domain/code/code-index.ts";
import { outlineId } from "./layer-ids.ts";
import { recall } from "./layer-memory.ts";
import { type Outline, unpackOutline } from "./packed-outline.ts";
import { readLists } from "./read-postings.ts";
import { isSeen, layersOf, type View } from "./view.ts";

const row = z.object({ id: z.string(), path: z.string(), outline: z.string() });

/** What each layer of a view says of a path, what lies over the base first; what it says nothing true of is absent. */
type OutlinesOf = (path: string) => readonly Outline[];

/** What is there under these keys. */
export async function readEntries(
  tx: Transaction,
  view: View,
  keys: readonly string[],
): Promise<ReadonlyMap<string, CodeEntry>> {
  const entries = new Map<string, CodeEntry>();
  const lookUp = async (keysIn: ReadonlyMap<string, readonly string[]>): Promise<void> => {
    const outlinesOf = await readOutlines(tx, view, [...keysIn.keys()]);
    keysIn.forEach((own, path) => {
      for (const outline of outlinesOf(path)) {
        for (const key of own) {
          const entry = outline.entries.get(key);
          if (entry !== undefined && !entries.has(key)) entries.set(key, entry);
        }
      }
    });
  };
  await lookUp(byPath(keys, (key) => [firstPathIn(key)]));
  const missing = keys.filter((key) => !entries.has(key) && key.includes("#"));
  if (missing.length > 0) await lookUp(byPath(missing, otherPathsIn));
  return entries;
}

function byPath(keys: readonly string[], pathsIn: (key: string) => readonly string[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const key of keys) {
    for (const path of pathsIn(key)) {
      const row = paths.get(path);
      if (row === undefined) paths.set(path, [key]);
      else row.push(key);
    }
  }
  return paths;
}

/** Git's ids of the contents of files, by path; a path that the view does not hold is absent. */
export async function readBlobs(
  tx: Transaction,
  view: View,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const outlinesOf = await readOutlines(tx, view, paths);
  return new Map(
    paths.flatMap((path) => {
      const [outline] = outlinesOf(path);
      return outline === undefined ? [] : [[path, outline.blob]];
    }),
  );
}

/** A key is a path, or begins with one and `#`. */
function firstPathIn(key: string): string {
  const at = key.indexOf("#");
  return at === -1 ? key : key.slice(0, at);
}

/** A path may hold a `#` itself: hardly one does. */
function otherPathsIn(key: string): readonly string[] {
  const paths = [key];
  for (let at = key.indexOf("#", key.indexOf("#") + 1); at !== -1; at = key.indexOf("#", at + 1))
    paths.push(key.slice(0, at));
  return paths;
}

async function readOutlines(tx: Transaction, view: View, paths: readonly string[]): Promise<OutlinesOf> {
  const layers = layersOf(view);
  const ids = paths.flatMap((path) => layers.map((layer) => outlineId(layer, path)));
  const found = await recall(view.memory.outlines, ids, async (missing) => {
    const rows = await tx.run(
      "UNWIND $ids AS id MATCH (n:CodeOutline {id: id}) RETURN n.id AS id, n.path AS path, n.outline AS outline",
      { ids: missing },
    );
    const outlines = z.array(row).parse(rows);
    return new Map(outlines.map(({ id, path, outline }) => [id, unpackOutline(path, outline)]));
  });
  return (path) => {
    const outlines: Outline[] = [];
    for (const layer of layers) {
      const outline = isSeen(view, layer, path) ? found.get(outlineId(layer, path)) : undefined;
      if (outline !== undefined) outlines.push(outline);
    }
    return outlines;
  };
}

/** What bears one of these names; a name that more things bear than `most` says nothing of which is meant. */
export async function readNamed(
  tx: Transaction,
  view: View,
  names: readonly string[],
  most: number,
): Promise<readonly CodeEntry[]> {
  const choose = (counts: ReadonlyMap<string, number>): readonly string[] =>
    [...counts].filter(([, documents]) => documents > 0 && documents <= most).map(([name]) => name);
  const lists = await readLists(tx, view, { kind: "name", words: names, most, choose });
  const keys = [...lists.values()].flatMap(({ best }) => best);
  const entries = await readEntries(
    tx,
    view,
    keys.map(({ key }) => key),
  );
  return [...entries.values()];
}
