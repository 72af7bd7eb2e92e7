import { constants } from "node:fs";
import { lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReadFile, WorktreeFiles, WriteOutcome } from "../application/ports.ts";
import { pathProblem } from "../domain/policy/path-problem.ts";
import { decodeFile, encodeFile, type FileEncoding } from "./file-encoding.ts";

/** Larger files are not read for a model, and not written by one (bytes). */
const maxBytes = 1_000_000;

type Found =
  | { readonly kind: "missing" }
  | { readonly kind: "file" }
  | { readonly kind: "refused"; readonly reason: string };

function refused(reason: string): { readonly kind: "refused"; readonly reason: string } {
  return { kind: "refused", reason };
}

/** What stands at a path, looking at every directory on the way: none of them may be a link. */
async function look(directory: string, path: string): Promise<Found> {
  const problem = pathProblem(path);
  if (problem !== null) return refused(problem);
  const parts = path.split("/");
  let at = directory;
  for (const [index, part] of parts.entries()) {
    at = join(at, part);
    const found = await lstat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (found === null) return { kind: "missing" };
    if (found.isSymbolicLink()) return refused(`${parts.slice(0, index + 1).join("/")} is a symbolic link.`);
    if (index < parts.length - 1 && !found.isDirectory()) {
      return refused(`${parts.slice(0, index + 1).join("/")} is not a directory.`);
    }
    if (index === parts.length - 1 && found.isDirectory()) return refused("It is a directory.");
    if (index === parts.length - 1 && !found.isFile()) return refused("It is not a regular file.");
  }
  return { kind: "file" };
}

/**
 * Reads a file below a directory that untrusted code may have written: only a regular one, over no link, UTF-8 or
 * Windows-1252 without null bytes.
 */
export async function readInside(directory: string, path: string, limit = maxBytes): Promise<ReadFile> {
  const file = await decodeInside(directory, path, limit);
  return file.kind === "text" ? { kind: "text", text: file.text } : file;
}

type Decoded = Exclude<ReadFile, { kind: "text" }> | { kind: "text"; text: string; encoding: FileEncoding };

async function decodeInside(directory: string, path: string, limit: number): Promise<Decoded> {
  const found = await look(directory, path);
  if (found.kind !== "file") return found;
  const file = await open(join(directory, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size > limit) return refused(`It is larger than ${limit.toLocaleString("en")} bytes.`);
    const bytes = await file.readFile();
    if (bytes.includes(0)) return refused("It is a binary file.");
    const decoded = decodeFile(bytes);
    return decoded === null ? refused("It is not UTF-8 text.") : { kind: "text", ...decoded };
  } finally {
    await file.close();
  }
}

async function writeInside(directory: string, path: string, text: string): Promise<WriteOutcome> {
  const found = await look(directory, path);
  if (found.kind === "refused") return { done: false, reason: found.reason };
  if (Buffer.byteLength(text) > maxBytes) {
    return { done: false, reason: `It would be larger than ${maxBytes.toLocaleString("en")} bytes.` };
  }
  const before = await decodeInside(directory, path, maxBytes);
  const bytes = encodeFile(text, before.kind === "text" ? before.encoding : "utf-8");
  if ("missing" in bytes) {
    return { done: false, reason: `It is a file in Windows-1252, which has no ${JSON.stringify(bytes.missing)}.` };
  }
  const target = join(directory, path);
  await mkdir(dirname(target), { recursive: true });
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = await open(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
  return { done: true };
}

async function removeInside(directory: string, path: string): Promise<WriteOutcome> {
  const found = await look(directory, path);
  if (found.kind === "missing") return { done: false, reason: "There is no such file." };
  if (found.kind === "refused") return { done: false, reason: found.reason };
  await unlink(join(directory, path));
  return { done: true };
}

async function renameInside(directory: string, path: string, to: string): Promise<WriteOutcome> {
  const source = await look(directory, path);
  if (source.kind === "missing") return { done: false, reason: "There is no such file." };
  if (source.kind === "refused") return { done: false, reason: source.reason };
  const target = await look(directory, to);
  if (target.kind === "refused") return { done: false, reason: target.reason };
  if (target.kind === "file") return { done: false, reason: `${to} is already there.` };
  await mkdir(dirname(join(directory, to)), { recursive: true });
  await rename(join(directory, path), join(directory, to));
  return { done: true };
}

/** The files of a work tree; `list` says which count. No process of the work tree may run meanwhile. */
export function createWorktreeFiles(directory: string, list: () => Promise<readonly string[]>): WorktreeFiles {
  return {
    list,
    read: (path) => readInside(directory, path),
    write: (path, text) => writeInside(directory, path, text),
    remove: (path) => removeInside(directory, path),
    rename: (path, to) => renameInside(directory, path, to),
  };
}
