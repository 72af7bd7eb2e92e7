import type { ListedFile } from "../domain/code/tree-difference.ts";

/** So much of the contents is in memory as bytes at a time, for who reads a tree as a whole. */
const chunkBytes = 32 * 1024 * 1024;

/** Files in groups of so many bytes, or of one file that is larger. */
export function chunksOf(files: readonly ListedFile[], bytesAtOnce = chunkBytes): readonly (readonly ListedFile[])[] {
  const chunks: ListedFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of files) {
    if (bytes + file.size > bytesAtOnce) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(file);
    bytes += file.size;
  }
  return chunks;
}
