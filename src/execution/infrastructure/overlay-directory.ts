import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AppliedChange } from "../application/ports.ts";
import { pathProblem } from "../domain/policy/path-problem.ts";

/** What one directory may bring: entries, and bytes in all. */
const maxEntries = 20_000;
const maxBytes = 100_000_000;

type Entry = { readonly path: string; readonly kind: "file" | "link"; readonly size: number };

/**
 * The files and links below a directory, sorted, without a `.git` at its top (a clone is a directory like any other).
 * Links are not followed.
 */
export async function entriesOf(directory: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (path === ".git") continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isSymbolicLink()) entries.push({ path, kind: "link", size: 0 });
      else if (entry.isFile()) entries.push({ path, kind: "file", size: (await lstat(join(directory, path))).size });
      if (entries.length > maxEntries) return entries;
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Lays the files of a directory over a work tree, byte by byte; links stay links, for the
 * policy to see. It never writes over a link of the work tree, and removes nothing.
 */
export async function overlayDirectory(worktree: string, directory: string): Promise<AppliedChange> {
  const entries = await entriesOf(directory);
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (entries.length === 0) return { problem: "The directory is empty.", refused: [] };
  if (entries.length > maxEntries || bytes > maxBytes)
    return { problem: "The directory holds more than 20,000 files or 100 MB.", refused: [] };
  const refused = entries.flatMap(({ path }) => {
    const reason = pathProblem(path);
    return reason === null ? [] : [{ path, reason }];
  });
  if (refused[0] !== undefined) return { problem: `It is not applied: ${refused[0].reason}`, refused };
  for (const entry of entries) {
    const blocked = await makeFolders(worktree, entry.path);
    if (blocked !== null) return { problem: blocked, refused };
    await copy(entry, directory, worktree);
  }
  return { problem: null, refused };
}

/** Makes the folders above a path; says why that is not possible where the work tree has something else there. */
async function makeFolders(worktree: string, path: string): Promise<string | null> {
  const parts = path.split("/");
  for (let length = 1; length < parts.length; length += 1) {
    const folder = parts.slice(0, length).join("/");
    const found = await lstat(join(worktree, folder)).catch(() => null);
    if (found !== null && !found.isDirectory()) return `${folder} is not a directory in the repository.`;
  }
  const target = await lstat(join(worktree, path)).catch(() => null);
  if (target?.isDirectory()) return `${path} is a directory in the repository.`;
  await mkdir(dirname(join(worktree, path)), { recursive: true });
  return null;
}

async function copy({ path, kind }: Entry, directory: string, worktree: string): Promise<void> {
  const [from, to] = [join(directory, path), join(worktree, path)];
  const before = await lstat(to).catch(() => null);
  // A link of the repository is replaced, not followed.
  await rm(to, { force: true });
  if (kind === "link") return symlink(await readlink(from), to);
  const { mode } = await lstat(from);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  try {
    await file.writeFile(await readFile(from));
  } finally {
    await file.close();
  }
  // Directories that were unpacked somewhere often lost the bit; a candidate that means to clear it brings a patch.
  const executable = ((mode | (before?.isFile() ? before.mode : 0)) & 0o100) !== 0;
  await chmod(to, executable ? 0o755 : 0o644);
}
