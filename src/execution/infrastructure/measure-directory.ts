import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

/** What a directory holds. `complete` is false when a bound was reached first, or a name is too long to be read. */
export type DirectorySize = { readonly bytes: number; readonly entries: number; readonly complete: boolean };

export type DirectoryBounds = { readonly bytes: number; readonly entries: number };

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/**
 * The disk space (blocks, in bytes) and the number of entries below a directory; links are not followed. It stops at
 * the bounds, so that a flood costs no more than they allow. What disappears meanwhile is not counted.
 */
export async function measureDirectory(directory: string, bounds: DirectoryBounds): Promise<DirectorySize> {
  let bytes = 0;
  let entries = 0;
  const open = [directory];
  try {
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      try {
        for await (const entry of await opendir(at)) {
          const path = join(at, entry.name);
          if (entry.isDirectory()) open.push(path);
          else bytes += (await lstat(path)).blocks * 512;
          entries += 1;
          if (bytes > bounds.bytes || entries > bounds.entries) return { bytes, entries, complete: false };
        }
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENAMETOOLONG" || error.code === "EACCES")) {
      return { bytes, entries, complete: false };
    }
    throw error;
  }
  return { bytes, entries, complete: true };
}
