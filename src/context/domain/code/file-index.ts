import { posix } from "node:path";

/** What import resolution asks of a tree. */
export type FileIndex = {
  has(path: string): boolean;
  /** The files directly in a directory, sorted. */
  inDirectory(directory: string): readonly string[];
  /** The files whose path is `suffix` or ends with `/suffix`, shortest first. */
  endingWith(suffix: string): readonly string[];
  /** The directories whose path is `suffix` or ends with `/suffix`, shortest first. */
  directoriesEndingWith(suffix: string): readonly string[];
};

const shortestFirst = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);

export function createFileIndex(paths: readonly string[]): FileIndex {
  const known = new Set(paths);
  const byDirectory = group(paths, (path) => posix.dirname(path));
  const byName = group(paths, (path) => posix.basename(path));
  const directoriesByName = group([...byDirectory.keys()], (path) => posix.basename(path));
  const ending = (index: ReadonlyMap<string, readonly string[]>, suffix: string): readonly string[] =>
    (index.get(posix.basename(suffix)) ?? []).filter((path) => path === suffix || path.endsWith(`/${suffix}`));
  return {
    has: (path) => known.has(path),
    inDirectory: (directory) => byDirectory.get(directory) ?? [],
    endingWith: (suffix) => ending(byName, suffix),
    directoriesEndingWith: (suffix) => ending(directoriesByName, suffix),
  };
}

function group(paths: readonly string[], keyOf: (path: string) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    const row = groups.get(key);
    if (row === undefined) groups.set(key, [path]);
    else row.push(path);
  }
  for (const row of groups.values()) row.sort(shortestFirst);
  return groups;
}
