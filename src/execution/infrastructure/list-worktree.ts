import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "../../platform/git/run-git.ts";
import type { Worktree } from "../application/ports.ts";
import { inside, startIndex } from "./worktree-index.ts";

/** Directories that are read together. */
const readAtOnce = 100;

/** Every path that git tracks or would add and that is there, sorted. Only names count, so the index of the start will do. */
export async function listWorktree(worktree: Worktree): Promise<readonly string[]> {
  const call = { ...inside(worktree), indexFile: startIndex(worktree) };
  const some = ["--cached", "--others", "--exclude-standard", "--deduplicate"];
  const names = (await runGit({ ...call, arguments: ["ls-files", "-z", ...some] })).toString("utf8").split("\0");
  // A look at each directory instead of at each file: of those a repository may have 100,000.
  const byDirectory = new Map<string, string[]>();
  for (const path of names) {
    if (path === "") continue;
    const directory = path.slice(0, path.lastIndexOf("/") + 1);
    const beside = byDirectory.get(directory);
    if (beside === undefined) byDirectory.set(directory, [path]);
    else beside.push(path);
  }
  const present: string[] = [];
  const directories = [...byDirectory];
  for (let at = 0; at < directories.length; at += readAtOnce) {
    const some = directories.slice(at, at + readAtOnce);
    const found = await Promise.all(some.map(([path]) => filesIn(join(worktree.directory, path))));
    for (const [index, [directory, paths]] of some.entries())
      for (const path of paths) if (found[index]?.has(path.slice(directory.length))) present.push(path);
  }
  return present.sort();
}

/** Why a directory cannot be looked into: what a candidate may have made of it, of which nothing counts then. */
const closed: readonly unknown[] = ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG"];

/** The names in a directory that are no directories. */
async function filesIn(directory: string): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return new Set(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  } catch (error) {
    if (error instanceof Error && "code" in error && closed.includes(error.code)) return new Set();
    throw error;
  }
}
