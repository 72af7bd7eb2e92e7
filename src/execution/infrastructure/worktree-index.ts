import { copyFile, mkdir, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import pLimit, { type LimitFunction } from "p-limit";
import { type GitCall, GitFailure, runGit } from "../../platform/git/run-git.ts";
import type { Worktree } from "../application/ports.ts";
import { findNestedRepositories } from "./find-nested-repositories.ts";

/** The index of the start commit: what a work tree held at first. */
export function startIndex({ gitDirectory }: Pick<Worktree, "gitDirectory">): string {
  return join(gitDirectory, "start-index");
}

/** Git's index takes about 100 bytes a file, so that this is some 5,000 of them. */
const largeIndexBytes = 500_000;

/** Whether a work tree has very many files, by the index of its start; one that was never filled has not. */
export async function isLarge(worktree: Pick<Worktree, "gitDirectory">): Promise<boolean> {
  const index = await stat(startIndex(worktree)).catch(() => null);
  return index !== null && index.size > largeIndexBytes;
}

export function inside(worktree: Worktree): Pick<GitCall, "gitDirectory" | "workTree"> {
  return { gitDirectory: worktree.gitDirectory, workTree: worktree.directory };
}

/** Writes the start commit's files into a directory that is not there yet, and notes their times in the start index. */
export async function checkOut(worktree: Worktree): Promise<void> {
  await mkdir(worktree.directory, { mode: 0o755 });
  await rm(startIndex(worktree), { force: true });
  const indexFile = startIndex(worktree);
  const checkout = ["read-tree", "--reset", "-u", "--no-recurse-submodules", `${worktree.startSha}^{commit}`];
  await runGit({ ...inside(worktree), indexFile, arguments: checkout, timeoutMs: wholeTreeMs });
}

/** How long git may take for every file of a work tree: 100,000 of them take minutes on a busy disk. */
const wholeTreeMs = 600_000;

/** Gives `use` an index that holds a work tree's state; a text instead says why it cannot be read. */
export type WithIndex = <T>(
  worktree: Worktree,
  ownWritesOnly: boolean,
  use: (indexFile: string) => Promise<T>,
) => Promise<T | string>;

/**
 * Two ways to an index of a work tree's state. As long as nothing but this process has written there, one index is kept
 * from the checkout on and brought up to date: git looks at the files' times, and reads those that changed. Once a command
 * of a candidate has run there the index is made anew each time and every file is read, since a candidate can set times.
 */
export function createWithIndex(): WithIndex & { forget(worktree: Worktree): void } {
  // Git locks an index that it writes, so that two callers take turns.
  const turns = new Map<string, LimitFunction>();

  async function withKept<T>(worktree: Worktree, use: (indexFile: string) => Promise<T>): Promise<T> {
    const turn = turns.get(worktree.id) ?? pLimit(1);
    turns.set(worktree.id, turn);
    return turn(async () => {
      const indexFile = await keptIndex(worktree);
      await runGit({ ...inside(worktree), indexFile, arguments: ["add", "--all", "--", "."], timeoutMs: wholeTreeMs });
      return use(indexFile);
    });
  }

  const withIndex = <T>(worktree: Worktree, ownWritesOnly: boolean, use: (indexFile: string) => Promise<T>) =>
    ownWritesOnly ? withKept(worktree, use) : withFresh(worktree, use);
  return Object.assign(withIndex, { forget: ({ id }: Worktree) => void turns.delete(id) });
}

/**
 * The index that is kept. Its time is the start index's: git takes every file that is not older for one that may have
 * changed in the same second, and reads it.
 */
async function keptIndex(worktree: Worktree): Promise<string> {
  const indexFile = keptIndexOf(worktree);
  const isThere = await stat(indexFile).then(
    () => true,
    () => false,
  );
  if (isThere) return indexFile;
  const start = await stat(startIndex(worktree));
  await copyFile(startIndex(worktree), indexFile);
  const seconds = Math.floor(start.mtimeMs / 1_000);
  await utimes(indexFile, seconds, seconds);
  return indexFile;
}

/** Makes the next index start from the checkout again: its files were written anew. */
export async function dropKeptIndex(worktree: Worktree): Promise<void> {
  await rm(keptIndexOf(worktree), { force: true });
}

function keptIndexOf({ gitDirectory }: Worktree): string {
  return join(gitDirectory, "kept-index");
}

async function withFresh<T>(worktree: Worktree, use: (indexFile: string) => Promise<T>): Promise<T | string> {
  const nested = await findNestedRepositories(worktree.directory);
  if (!nested.readable) return nested.reason;
  const scratch = await mkdtemp(join(worktree.gitDirectory, "index-"));
  const indexFile = join(scratch, "index");
  try {
    const call = { ...inside(worktree), indexFile };
    await runGit({ ...call, arguments: ["read-tree", worktree.startSha] });
    const directories = await notIgnored(call, nested.directories);
    const without = directories.map((path) => `:(exclude,top,literal)${path}`);
    await runGit({ ...call, arguments: ["add", "--all", "--", ".", ...without], timeoutMs: wholeTreeMs });
    await enterNested(worktree, indexFile, directories);
    return await use(indexFile);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The directories that git would look at: what is ignored and not tracked it leaves alone by itself. */
async function notIgnored(
  call: Omit<GitCall, "arguments">,
  directories: readonly string[],
): Promise<readonly string[]> {
  if (directories.length === 0) return [];
  const input = `${directories.join("\0")}\0`;
  const ignored = await runGit({ ...call, arguments: ["check-ignore", "-z", "--stdin"], input }).catch(
    (error: unknown) => {
      // Status 1: none of them is ignored.
      if (error instanceof GitFailure && error.status === 1) return Buffer.alloc(0);
      throw error;
    },
  );
  const skip = new Set(ignored.toString("utf8").split("\0"));
  return directories.filter((path) => !skip.has(path));
}

/** Enters repositories within the repository as what git would make of them: submodules, which the policy refuses. */
async function enterNested(worktree: Worktree, indexFile: string, directories: readonly string[]): Promise<void> {
  const call = { ...inside(worktree), indexFile };
  for (const path of directories) {
    const known = await runGit({ ...call, arguments: ["ls-files", "-z", "--stage", "--", `:(top,literal)${path}`] });
    if (known.toString("latin1").startsWith("160000 ")) continue;
    await runGit({
      ...call,
      arguments: ["rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", `:(top,literal)${path}`],
    });
    const entry = `160000,${worktree.startSha},${path}`;
    await runGit({ ...call, arguments: ["update-index", "--add", "--cacheinfo", entry] });
  }
}
