import { type LeftOutReason, leaveOutByPath } from "../domain/code/left-out.ts";
import type { LeftOutFile, ListedFile, TreeListing } from "../domain/code/tree-difference.ts";
import type { TreeEntry } from "./list-tree.ts";

const mostFiles = 20_000;
const mostBytes = 192 * 1024 * 1024;

/** Parts the files of a tree into those that are worth reading and the others, before any of them is read. */
export function judgeTree(listed: readonly TreeEntry[]): TreeListing {
  const files: ListedFile[] = [];
  const leftOut: LeftOutFile[] = [];
  let bytes = 0;
  for (const entry of listed) {
    const { path, blob } = entry;
    const size = entry.size ?? 0;
    const isOver = files.length >= mostFiles || bytes + size > mostBytes;
    const reason = reasonOf(entry) ?? (isOver ? "limit" : null);
    if (reason !== null) {
      leftOut.push({ path, reason, blob: null });
      continue;
    }
    bytes += size;
    files.push({ path, blob, size });
  }
  return { files, leftOut };
}

function reasonOf({ mode, path, size }: TreeEntry): LeftOutReason | null {
  if (mode === "120000") return "symlink";
  if (mode === "160000") return "submodule";
  return leaveOutByPath(path, size ?? 0) ?? (size === null ? "absent" : null);
}
