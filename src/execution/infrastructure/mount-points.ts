import { lstat, rmdir } from "node:fs/promises";
import { isAbsolute, join, posix } from "node:path";
import type { Mount } from "../application/ports.ts";

/** Where the command sees its work tree. */
export const insideWorktree = "/worktree";

/** A mount's full path inside. */
export function mountPoint(mount: Mount): string {
  return isAbsolute(mount.to) ? mount.to : posix.join(insideWorktree, mount.to);
}

/** Why a mount inside the work tree is not possible: the candidate put something there that is no plain directory. */
export async function blockedMount(worktree: string, mounts: readonly Mount[]): Promise<string | null> {
  for (const { to } of mounts) {
    if (isAbsolute(to)) continue;
    let at = worktree;
    for (const part of to.split("/")) {
      at = join(at, part);
      const found = await lstat(at).catch(() => null);
      if (found !== null && !found.isDirectory()) return `could not be started: ${to} is not a directory`;
    }
  }
  return null;
}

/** Removes the empty directory that was made in the work tree as a mount point. One with content was there. */
export async function clearMountPoint(worktree: string, { to }: Mount): Promise<void> {
  if (!isAbsolute(to)) await rmdir(join(worktree, to)).catch(() => undefined);
}
