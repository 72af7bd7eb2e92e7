import { chmod, lstat, readdir } from "node:fs/promises";
import { relative } from "node:path";
import { pathBelow } from "./measure-directory.ts";

/** What git may be shown of a work tree, or why it may not be shown it at all. */
export type Nested =
  | { readonly readable: true; readonly directories: readonly string[] }
  | { readonly readable: false; readonly reason: string };

const maxEntries = 200_000;
const maxNested = 50;

function unreadable(reason: string): Nested {
  return { readable: false, reason };
}

/**
 * The directories of a work tree that hold a `.git` (under any case) of their own. Git would read the configuration in
 * there, which a candidate may have written, so they are named and kept from it. The `.git` at the top is git's blind
 * spot and does not count. Directories and files that were closed to their owner are opened on the way.
 */
export async function findNestedRepositories(worktree: string): Promise<Nested> {
  const top = Buffer.from(worktree);
  const found: Buffer[] = [];
  const open: Buffer[] = [top];
  let entries = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const below: Buffer[] = [];
    let nested = false;
    try {
      await allow(at, 0o700);
      for (const entry of await readdir(at, { encoding: "buffer", withFileTypes: true })) {
        entries += 1;
        if (entry.name.toString("latin1").toLowerCase() === ".git") nested = true;
        else if (entry.isDirectory()) below.push(pathBelow(at, entry.name));
        else if (entry.isFile()) await allow(pathBelow(at, entry.name), 0o600);
      }
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : "";
      if (code === "ENAMETOOLONG") return unreadable("It holds paths that are too long to be read.");
      throw error;
    }
    if (entries > maxEntries) return unreadable(`It holds more than ${maxEntries.toLocaleString("en")} files.`);
    if (nested && at !== top) found.push(at);
    else open.push(...below);
  }
  if (found.length > maxNested)
    return unreadable(`It holds ${found.length.toLocaleString("en")} repositories within it.`);
  const directories = found.map((path) => relative(worktree, path.toString("utf8"))).sort();
  if (directories.some((path) => path.includes("\uFFFD")))
    return unreadable("A repository in it has an unreadable name.");
  return { readable: true, directories };
}

async function allow(path: Buffer, needed: number): Promise<void> {
  const mode = (await lstat(path)).mode & 0o777;
  if ((mode & needed) !== needed) await chmod(path, mode | needed);
}
