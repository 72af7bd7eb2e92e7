import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { PermanentError } from "../../kernel/errors.ts";
import { runGit } from "../../platform/git/run-git.ts";
import type { Changes, Worktree, Worktrees } from "../application/ports.ts";
import { listWorktree } from "./list-worktree.ts";
import { isOwned, ownerMark } from "./owner-mark.ts";
import { plainDiff, readChanges } from "./read-changes.ts";
import { removeDirectory } from "./remove-directory.ts";
import { searchWorktree } from "./search-worktree.ts";
import { createWorktreeFiles } from "./worktree-files.ts";
import { checkOut, createWithIndex, dropKeptIndex, inside, isLarge, startIndex } from "./worktree-index.ts";

/**
 * Undoes whatever attributes the repository sets: files are checked out and compared byte for byte, without line end
 * conversion, keywords, re-encoding, large file storage or other filters. This file goes before all others.
 */
const attributes = "* !text !eol !crlf !ident !filter !working-tree-encoding !diff !merge !export-subst\n";

/**
 * Work trees below `root` (default: a folder of the system's temporary directory that lives as long as the process). Each
 * has its own git directory outside the checkout, which borrows the mirror's objects and takes no setting from a file.
 * `root` must let other users pass (mode 711 is set): the sandbox runs as another one where this process is root.
 */
export function createWorktrees(options: { readonly root: string; readonly logger: Logger }): Worktrees {
  const { root, logger } = options;

  function place(id: string): { home: string; worktree: Omit<Worktree, "startSha"> } {
    if (!/^[\w-][\w.-]{0,150}$/.test(id)) throw new PermanentError(`not an id for a work tree: ${JSON.stringify(id)}`);
    const home = join(root, id);
    return { home, worktree: { id, directory: join(home, "files"), gitDirectory: join(home, "git") } };
  }

  const withIndex = createWithIndex();

  async function changesOf(worktree: Worktree, { ownWritesOnly = false } = {}): Promise<Changes> {
    const result = await withIndex(worktree, ownWritesOnly, (indexFile) =>
      readChanges(worktree, indexFile, ownWritesOnly),
    );
    return typeof result === "string" ? { readable: false, reason: result } : result;
  }

  return {
    async create({ mirror, sha, id: name }) {
      if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha))
        throw new PermanentError(`not a commit id: ${JSON.stringify(sha)}`);
      // Named apart, since a job may run again while its first run still holds a work tree, or has left one behind.
      const { home, worktree: placed } = place(`${name}-${randomUUID().slice(0, 8)}`);
      const worktree: Worktree = { ...placed, startSha: sha };
      await mkdir(root, { recursive: true });
      await chmod(root, 0o711);
      await mkdir(home, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
        throw new PermanentError(`the work tree ${placed.id} cannot be made: ${error.code}`, { cause: error });
      });
      try {
        await writeFile(join(home, "owner"), ownerMark(process.pid));
        await makeGitDirectory(worktree, mirror);
        await checkOut(worktree);
      } catch (error) {
        await removeDirectory(home);
        throw error;
      }
      return worktree;
    },
    changesOf,
    async diffOf(worktree, maxBytes = 200_000, { ownWritesOnly = false } = {}) {
      const result = await withIndex(worktree, ownWritesOnly, async (indexFile) => {
        const compare = ["diff-index", "--cached", ...plainPatch, worktree.startSha];
        return runGit({ ...inside(worktree), indexFile, arguments: compare, cutAt: maxBytes + 1 });
      });
      return typeof result === "string" ? `(not readable: ${result})\n` : cutText(result, maxBytes);
    },
    async diffSince(worktree, sha, maxBytes) {
      const { startSha } = worktree;
      const call = { ...inside(worktree), indexFile: startIndex(worktree) };
      const left = (await runGit({ ...call, arguments: ["merge-base", sha, startSha] })).toString("latin1").trim();
      const compare = ["diff-tree", "-r", ...plainPatch, left, startSha];
      return cutText(await runGit({ ...call, arguments: compare, cutAt: maxBytes + 1 }), maxBytes);
    },
    async treeOf(worktree, { ownWritesOnly = false } = {}) {
      const result = await withIndex(worktree, ownWritesOnly, async (indexFile) =>
        runGit({ ...inside(worktree), indexFile, arguments: ["write-tree", "--missing-ok"] }),
      );
      if (typeof result === "string") throw new PermanentError(`the work tree cannot be read: ${result}`);
      return result.toString("latin1").trim();
    },
    filesOf: (worktree) => createWorktreeFiles(worktree.directory, () => listWorktree(worktree)),
    search: (worktree, query) => searchWorktree(worktree, startIndex(worktree), query),
    async reset(worktree, paths) {
      if (paths !== undefined) {
        const call = { ...inside(worktree), indexFile: startIndex(worktree) };
        const input = paths.map((path) => `${path}\0`).join("");
        await runGit({ ...call, arguments: ["checkout-index", "--force", "--quiet", "-z", "--stdin"], input });
        return;
      }
      await removeDirectory(worktree.directory, { large: await isLarge(worktree) });
      await dropKeptIndex(worktree);
      await checkOut(worktree);
    },
    async remove(worktree) {
      withIndex.forget(worktree);
      await removeDirectory(place(worktree.id).home, { large: await isLarge(worktree) });
    },
    async sweep() {
      const ids = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [];
        throw error;
      });
      const left: string[] = [];
      for (const id of ids) if (!(await isOwned(join(root, id)))) left.push(id);
      for (const id of left)
        await removeDirectory(join(root, id), { large: await isLarge({ gitDirectory: join(root, id, "git") }) });
      if (left.length > 0) logger.info({ worktrees: left.length }, "removed work trees that were left behind");
      return left;
    },
  };
}

/** A comparison as a patch with git's usual prefixes, whatever is configured. */
const plainPatch = [...plainDiff, "--patch", "--src-prefix=a/", "--dst-prefix=b/", "--no-relative"];

function cutText(text: Buffer, maxBytes: number): string {
  if (text.length <= maxBytes) return text.toString("utf8");
  return `${text.subarray(0, maxBytes).toString("utf8")}\n… (cut after ${maxBytes.toLocaleString("en")} bytes)\n`;
}

/** What `git init` would make, less the process: a git directory without settings that borrows the mirror's objects. */
async function makeGitDirectory({ gitDirectory, startSha }: Worktree, mirror: string): Promise<void> {
  await mkdir(gitDirectory, { mode: 0o700 });
  await Promise.all(
    ["info", "refs", "objects/info"].map((path) => mkdir(join(gitDirectory, path), { recursive: true })),
  );
  const format = startSha.length === 64 ? "\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n" : "";
  await Promise.all([
    writeFile(join(gitDirectory, "HEAD"), "ref: refs/heads/main\n"),
    writeFile(join(gitDirectory, "config"), `[core]\n${format}`),
    writeFile(join(gitDirectory, "info/attributes"), attributes),
    writeFile(join(gitDirectory, "objects/info/alternates"), `${join(mirror, "objects")}\n`),
  ]);
}

/**
 * A root for work trees in the system's temporary directory, of one fleet: work trees are named after tasks, and two
 * fleets on one machine may have tasks of the same name. `dataDir` tells fleets apart, and a restarted one finds its own.
 */
export function defaultWorktreeRoot(dataDir: string): string {
  const fleet = createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 12);
  return join(tmpdir(), `fleet-worktrees-${process.getuid?.() ?? 0}-${fleet}`);
}
