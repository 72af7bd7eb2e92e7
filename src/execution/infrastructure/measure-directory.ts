import { lstat, readdir } from "node:fs/promises";

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

/**
 * The disk space (blocks, in bytes) and the number of entries below a directory; links are not followed. It stops at
 * the bounds, so that a flood costs no more than they allow. What disappears meanwhile is not counted.
 */
export async function measureDirectory(directory: string, bounds: DirectoryBounds): Promise<DirectorySize> {
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
