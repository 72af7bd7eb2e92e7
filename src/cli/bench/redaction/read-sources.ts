import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { languageOf } from "../../../context/domain/code/language.ts";
import { leaveOutByPath, leaveOutByText } from "../../../context/domain/code/left-out.ts";
import { openGitSource } from "../../../context/infrastructure/git-source.ts";

export type SourceText = { readonly path: string; readonly text: string };

/** The committed text files of a repository. */
export async function repositoryFiles(directory: string): Promise<readonly SourceText[]> {
  return (await (await openGitSource(directory)).readTree()).files;
}

const mostOfOnePackage = 30;

/** Source files of the packages that are installed here, the first few of each by path, at most `most`. */
export async function installedFiles(most: number): Promise<readonly SourceText[]> {
  const root = dirname(dirname(createRequire(import.meta.url).resolve("zod/package.json")));
  const files: SourceText[] = [];
  for (const folder of await packagesIn(root)) {
    let own = 0;
    for (const path of await sourcesIn(join(root, folder))) {
      if (files.length === most) return files;
      if (own === mostOfOnePackage) break;
      const text = await readFile(join(root, folder, path), "utf8");
      if (leaveOutByPath(path, Buffer.byteLength(text)) !== null || leaveOutByText(path, text) !== null) continue;
      files.push({ path: `${folder}/${path}`, text });
      own += 1;
    }
  }
  return files;
}

async function packagesIn(root: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name } of await readdir(root, { withFileTypes: true })) {
    if (name.startsWith(".")) continue;
    if (name.startsWith("@")) names.push(...(await readdir(join(root, name))).map((each) => `${name}/${each}`));
    else names.push(name);
  }
  return names.sort();
}

async function sourcesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((each) => each.isFile() && languageOf(each.name) !== null)
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .filter((path) => !path.split("/").includes("node_modules"))
    .sort();
}
