import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, readdir } from "node:fs/promises";
import { findProgram } from "./find-program.ts";

/** What a directory holds. `complete` is false when a bound was reached first, or a path is too long to be read. */
export type DirectorySize = { readonly bytes: number; readonly entries: number; readonly complete: boolean };

export type DirectoryBounds = { readonly bytes: number; readonly entries: number };

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}

/** The path of an entry, in bytes: names need not be UTF-8, and a candidate may hide files behind such a name. */
export function pathBelow(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from("/"), name]);
}

/** Beyond so many entries a program is asked: it takes a tenth of the time, and some milliseconds to start. */
const walkedHere = 5_000;

/**
 * The disk space (blocks, in bytes) and the number of entries below a directory; links are not followed. It stops at
 * the bounds, so that a flood costs no more than they allow. What disappears meanwhile is not counted. `expected`: how many
 * entries there were before.
 */
export async function measureDirectory(
  directory: string,
  bounds: DirectoryBounds,
  expected = 0,
): Promise<DirectorySize> {
  if (expected > walkedHere) return (await findAll(directory, bounds)) ?? walk(directory, bounds);
  const entries = Math.min(bounds.entries, walkedHere);
  const few = await walk(directory, { bytes: bounds.bytes, entries });
  if (few.entries <= entries || entries === bounds.entries || few.bytes > bounds.bytes) return few;
  return (await findAll(directory, bounds)) ?? walk(directory, bounds);
}

async function walk(directory: string, bounds: DirectoryBounds): Promise<DirectorySize> {
  let bytes = 0;
  let entries = 0;
  const open: Buffer[] = [Buffer.from(directory)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    try {
      for (const entry of await readdir(at, { encoding: "buffer", withFileTypes: true })) {
        const path = pathBelow(at, entry.name);
        if (entry.isDirectory()) open.push(path);
        else bytes += (await lstat(path)).blocks * 512;
        entries += 1;
        if (bytes > bounds.bytes || entries > bounds.entries) return { bytes, entries, complete: false };
      }
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENAMETOOLONG" || code === "EACCES") return { bytes, entries, complete: false };
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    }
  }
  return { bytes, entries, complete: true };
}

/** One line an entry: the blocks of what is no folder. */
const told = ["-mindepth", "1", "(", "-type", "d", "-printf", "\\n", ")", "-o", "-printf", "%b\\n"];

/** The same by `find`; null where there is none, or one that prints nothing (BusyBox has no `-printf`). */
async function findAll(directory: string, bounds: DirectoryBounds): Promise<DirectorySize | null> {
  const program = await findProgram("find");
  if (program === null) return null;
  const child = spawn(program, [directory, ...told], { env: { LC_ALL: "C" }, stdio: ["ignore", "pipe", "pipe"] });
  let bytes = 0;
  let entries = 0;
  let rest = "";
  let said = "";
  const over = (): boolean => bytes > bounds.bytes || entries > bounds.entries;
  child.stdout.on("data", (chunk: Buffer) => {
    if (over()) return;
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const blocks of lines) {
      bytes += Number(blocks) * 512;
      entries += 1;
      if (!over()) continue;
      child.kill("SIGKILL");
      return;
    }
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("latin1")).slice(0, 100_000);
  });
  const [code] = await once(child, "close");
  if (over()) return { bytes, entries, complete: false };
  if (code === 0) return { bytes, entries, complete: true };
  const errors = said.split("\n").filter((line) => line !== "");
  if (entries === 0) return null;
  const gone =
    errors.length > 0 && errors.every((line) => /: No such file or directory$|: Not a directory$/.test(line));
  return { bytes, entries, complete: gone };
}
