import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import type { VolumePart } from "./job-manifest.ts";

/** What a pod is to see: a directory or file of this machine and its place inside. */
export type Wanted = { readonly from: string; readonly mountPath: string; readonly readOnly: boolean };

/**
 * The same as parts of the volume that is mounted at `mount` here, or why that is not possible: a pod sees nothing of this
 * machine but the volume, and never the whole of it.
 */
export async function volumeParts(
  mount: string,
  wanted: readonly Wanted[],
): Promise<{ readonly parts: readonly VolumePart[] } | { readonly problem: string }> {
  const root = await realpath(mount).catch(() => null);
  if (root === null) return { problem: `${mount} is not there` };
  const parts: VolumePart[] = [];
  for (const { from, mountPath, readOnly } of wanted) {
    const real = await realpath(from).catch(() => null);
    if (real === null) return { problem: `${from} is not there` };
    const subPath = relative(root, real);
    if (subPath === "" || subPath === ".." || subPath.startsWith(`..${sep}`) || isAbsolute(subPath))
      return { problem: `${from} is not a part of the shared volume at ${mount}` };
    parts.push({ subPath, mountPath, readOnly });
  }
  return { parts };
}
