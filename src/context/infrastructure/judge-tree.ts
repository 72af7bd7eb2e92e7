import { languageOf } from "../domain/code/language.ts";
import { type LeftOutReason, leaveOutByPath } from "../domain/code/left-out.ts";
import type { LeftOutFile, ListedFile, TreeListing } from "../domain/code/tree-difference.ts";
import type { TreeEntry } from "./list-tree.ts";

const mostFiles = 20_000;
const mostBytes = 192 * 1024 * 1024;

/**
 * Parts the files of a tree into those that are worth reading and the others, before any of them is read. Where there are
 * more than the limits, those go first that `goesFirst` names, then code, then prose and settings; of each by path, so that one
 * commit's choice is nearly the next one's.
 */
export function judgeTree(
  listed: readonly TreeEntry[],
  goesFirst: (path: string) => boolean = () => false,
): TreeListing {
  const reasons = new Map(listed.map((entry) => [entry.path, reasonOf(entry)]));
  const readable = listed.filter(({ path }) => reasons.get(path) === null);
  for (const path of beyondLimits(readable, goesFirst)) reasons.set(path, "limit");
  const files: ListedFile[] = [];
  const leftOut: LeftOutFile[] = [];
  for (const { path, blob, size } of listed) {
    const reason = reasons.get(path) ?? null;
    if (reason === null) files.push({ path, blob, size: size ?? 0 });
    else leftOut.push({ path, reason, blob: null });
  }
  return { files, leftOut };
}

/** The paths that are too many, or too large together. */
function beyondLimits(listed: readonly TreeEntry[], goesFirst: (path: string) => boolean): readonly string[] {
  const all = listed.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (listed.length <= mostFiles && all <= mostBytes) return [];
  const [named, code, others]: [TreeEntry[], TreeEntry[], TreeEntry[]] = [[], [], []];
  for (const entry of listed) {
    if (goesFirst(entry.path)) named.push(entry);
    else (languageOf(entry.path) === null ? others : code).push(entry);
  }
  const beyond: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const { path, size } of [...named, ...code, ...others]) {
    const more = size ?? 0;
    if (files >= mostFiles || bytes + more > mostBytes) {
      beyond.push(path);
      continue;
    }
    files += 1;
    bytes += more;
  }
  return beyond;
}

function reasonOf({ mode, path, size }: TreeEntry): LeftOutReason | null {
  if (mode === "120000") return "symlink";
  if (mode === "160000") return "submodule";
  return leaveOutByPath(path, size ?? 0) ?? (size === null ? "absent" : null);
}
