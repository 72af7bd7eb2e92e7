import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { PermanentError } from "../../kernel/errors.ts";
import { runGit } from "../../platform/git/run-git.ts";
import type { Changes, Worktree } from "../application/ports.ts";
import { type FileChange, type FileMode, fileModes } from "../domain/file-change.ts";

/** Above this a file's bytes are not read: it breaks the size limit anyway. */
const maxContentBytes = 2_000_000;

type RawChange = {
  readonly path: string;
  readonly change: FileChange["change"];
  readonly mode: FileMode;
  readonly blob: string | null;
};

/** What every comparison of untrusted files says: no filter, driver, rename guess or colour decides what is shown. */
export const plainDiff = ["--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--ignore-submodules=none"];

/** More changed files than this are not read one by one. */
const maxChanges = 2_000;

/**
 * Compares the index with the start commit. The index was filled from the work tree just before. Where nobody but this
 * process writes there, files still are what the index says of them, and their bytes are read from them.
 */
export async function readChanges(worktree: Worktree, indexFile: string, ownWritesOnly: boolean): Promise<Changes> {
  const base = { gitDirectory: worktree.gitDirectory, workTree: worktree.directory, indexFile };
  const compare = ["diff-index", "--cached", ...plainDiff, "-z", "--raw", "--abbrev=64", "--numstat"];
  const fields = (await runGit({ ...base, arguments: [...compare, worktree.startSha] })).toString("utf8").split("\0");
  const { changes, rest } = parseRaw(fields);
  if (changes.length > maxChanges)
    return { readable: false, reason: `It changes ${changes.length.toLocaleString("en")} files.` };
  const lines = parseNumbers(rest);
  const blobs = ownWritesOnly ? await readFiles(worktree, changes) : await readBlobs(worktree, changes);
  const read = changes.map(({ path, change, mode, blob }): FileChange => {
    const content = blob === null ? undefined : blobs.get(blob);
    const { added = 0, deleted = 0 } = lines.get(path) ?? {};
    return { path, change, mode, content: content?.base64 ?? null, size: content?.size ?? 0, added, deleted };
  });
  return { readable: true, changes: read };
}

/** `:<old mode> <new mode> <old sha> <new sha> <status>\0<path>\0` …, and the numbers after them. */
function parseRaw(fields: readonly string[]): { readonly changes: RawChange[]; readonly rest: readonly string[] } {
  const changes: RawChange[] = [];
  let at = 0;
  // A number of lines never begins with a colon.
  for (; fields[at]?.startsWith(":"); at += 2) {
    const [before = "", after = "", , blob = "", status = ""] = (fields[at] ?? "").slice(1).split(" ");
    const deleted = status === "D";
    const mode = toMode(deleted ? before : after);
    const change = deleted ? "deleted" : status === "A" ? "added" : "modified";
    changes.push({ path: fields[at + 1] ?? "", change, mode, blob: deleted || mode === "160000" ? null : blob });
  }
  return { changes, rest: fields.slice(at) };
}

function toMode(text: string): FileMode {
  const mode = fileModes.find((known) => known === text);
  if (mode === undefined) throw new PermanentError(`git names an unknown file mode: ${text}`);
  return mode;
}

/** `<added>\t<deleted>\t<path>\0` …, with `-` for binary files. */
function parseNumbers(fields: readonly string[]): Map<string, { added: number; deleted: number }> {
  const all = new Map<string, { added: number; deleted: number }>();
  for (const field of fields) {
    const [added = "", deleted = "", ...path] = field.split("\t");
    if (path.length > 0) all.set(path.join("\t"), { added: Number(added) || 0, deleted: Number(deleted) || 0 });
  }
  return all;
}

type Blobs = ReadonlyMap<string, { readonly size: number; readonly base64: string | null }>;

/** The bytes of changed files, and of links what they say, by blob. Attributes are undone: files are their blobs. */
async function readFiles({ directory }: Worktree, changes: readonly RawChange[]): Promise<Blobs> {
  const blobs = new Map<string, { size: number; base64: string | null }>();
  for (const { path, blob, mode } of changes) {
    if (blob === null) continue;
    const at = join(directory, path);
    const { size } = await lstat(at);
    const isLink = mode === "120000";
    const bytes = size > maxContentBytes ? null : isLink ? await readlink(at, "buffer") : await readFile(at);
    blobs.set(blob, { size, base64: bytes?.toString("base64") ?? null });
  }
  return blobs;
}

/** The bytes of blobs, in one git process for the sizes and one for the contents. */
async function readBlobs({ gitDirectory }: Worktree, changes: readonly RawChange[]): Promise<Blobs> {
  const blobs = new Map<string, { size: number; base64: string | null }>();
  const wanted = [...new Set(changes.flatMap(({ blob }) => blob ?? []))];
  if (wanted.length === 0) return blobs;
  const sizes = await runGit({
    gitDirectory,
    arguments: ["cat-file", "--batch-check"],
    input: `${wanted.join("\n")}\n`,
  });
  for (const line of sizes.toString("latin1").trim().split("\n")) {
    const [id = "", , size = ""] = line.split(" ");
    blobs.set(id, { size: Number(size), base64: null });
  }
  const small = wanted.filter((id) => (blobs.get(id)?.size ?? 0) <= maxContentBytes);
  const bytes = await runGit({
    gitDirectory,
    arguments: ["cat-file", "--batch"],
    input: small.map((id) => `${id}\n`).join(""),
  });
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at);
    const [id = "", , text = ""] = bytes.subarray(at, newline).toString("latin1").split(" ");
    const size = Number(text);
    blobs.set(id, { size, base64: bytes.subarray(newline + 1, newline + 1 + size).toString("base64") });
    at = newline + 1 + size + 1;
  }
  return blobs;
}
