import picomatch from "picomatch";
import { z } from "zod";
import { isPlainPath } from "../lock-file.ts";
import type { ListProjectFolders, ReadProjectFile } from "./installer.ts";

const dependencies = z.record(z.string(), z.unknown()).default({});
const patterns = z.array(z.string());
const packageJson = z.object({
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  resolutions: dependencies,
  workspaces: z.union([patterns, z.object({ packages: patterns }).transform(({ packages }) => packages)]).catch([]),
});

/** More workspaces than this are not installed. */
const maxMembers = 500;

/** A range or a tag of a package of the registry, perhaps under another name, or of a workspace: no address, no path. */
export const fromRegistry = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+(?:@|$)|workspace:|catalog:)?[\w.^~<>=|*+ -]*$/;

/**
 * What a package.json asks for, by name and range, and where it says that its workspaces are. Null where it cannot be read:
 * a package manager might all the same.
 */
export function readPackageJson(text: string) {
  const found = packageJson.safeParse(json(text));
  if (!found.success) return null;
  const { dependencies, devDependencies, optionalDependencies, resolutions, workspaces } = found.data;
  return {
    wanted: [dependencies, devDependencies, optionalDependencies, resolutions]
      .flatMap((all) => Object.entries(all))
      .map(([name, range]) => ({ name, range: typeof range === "string" ? range : JSON.stringify(range) })),
    workspaces,
  };
}

export function workspaceMissing(path: string): string {
  return `The lock file has the workspace ${path}, which is not there.`;
}

/**
 * The package.json of each workspace, by its folder: of those that the lock file has, or where it does not say (`locked`
 * null) of those that the project's own package.json means. Or why they are not installed.
 */
export async function membersOf(
  project: string,
  locked: readonly string[] | null,
  { read, list }: { readonly read: ReadProjectFile; readonly list: ListProjectFolders },
): Promise<{ readonly texts: Readonly<Record<string, string>> } | { readonly refusal: string }> {
  const texts: Record<string, string> = {};
  const found = locked ?? (await foldersOf(readPackageJson(project)?.workspaces ?? [], list));
  if ("refusal" in found) return found;
  if (found.length > maxMembers) return { refusal: `It has more than ${maxMembers} workspaces.` };
  for (const path of found) {
    const text = await read(`${path}/package.json`);
    if (text !== null) texts[path] = text;
    else if (locked !== null) return { refusal: workspaceMissing(path) };
  }
  return { texts };
}

/** The folders that patterns like `packages/*` mean. */
async function foldersOf(
  wanted: readonly string[],
  list: ListProjectFolders,
): Promise<readonly string[] | { readonly refusal: string }> {
  const all = new Set<string>();
  for (const pattern of wanted) {
    const parts = pattern.replace(/^\.\//, "").replace(/\/+$/, "").split("/");
    if (parts.some((part) => part.includes("**") || !isPlainPath(part.replaceAll("*", "x"))))
      return { refusal: `Workspaces like ${JSON.stringify(pattern.slice(0, 100))} are not installed.` };
    for (const folder of await matching(parts, list)) all.add(folder);
  }
  return [...all];
}

async function matching(parts: readonly string[], list: ListProjectFolders): Promise<readonly string[]> {
  let found = [""];
  for (const part of parts) {
    const next: string[] = [];
    for (const folder of found) {
      const names = part.includes("*") ? (await list(folder)).filter((name) => picomatch.isMatch(name, part)) : [part];
      next.push(...names.filter(isPlainPath).map((name) => (folder === "" ? name : `${folder}/${name}`)));
    }
    found = next.slice(0, maxMembers + 1);
  }
  return found;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
