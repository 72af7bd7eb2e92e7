import type { ListedFile } from "../domain/code/tree-difference.ts";
import type { CallGit } from "./list-tree.ts";

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

/** The contents by their ids; what git does not have is absent. `<id> blob <size>\n<bytes>\n` …, or `<id> missing\n`. */
export async function readBlobs(
  git: CallGit,
  files: readonly Pick<ListedFile, "blob">[],
): Promise<ReadonlyMap<string, Buffer>> {
  const ids = [...new Set(files.map(({ blob }) => blob))];
  const bytes = await git({ arguments: ["cat-file", "--batch"], input: ids.map((id) => `${id}\n`).join("") });
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at);
    const [id = "", type = "", size = ""] = bytes.subarray(at, newline).toString("latin1").split(" ");
    at = newline + 1;
    if (type !== "blob") continue;
    blobs.set(id, bytes.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}
