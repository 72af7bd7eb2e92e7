import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { runGit } from "../../platform/git/run-git.ts";

/** Packages that come with this one and bring many files of code that people wrote or read. */
const packages = ["openai", "zod", "probot", "pino", "neo4j-driver-core", "rxjs"] as const;

const settings = { "user.name": "Bench", "user.email": "bench@example.org", "commit.gpgSign": "false" } as const;

/** A repository of these packages' own sources, and its first commit. */
export async function commitSampleSources(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const name of packages) {
    const from = folderOf(name);
    await cp(from, join(directory, "packages", name), {
      recursive: true,
      filter: (path) => !path.slice(from.length).includes(`${sep}node_modules`),
    });
  }
  await runGit({ arguments: ["init", "--quiet", "--initial-branch=main"], directory });
  return commitAll(directory, "The packages");
}

/** Adds a function to each of these files, which calls what the file before it has got. */
export async function commitChanges(directory: string, paths: readonly string[]): Promise<string> {
  for (const [at, path] of paths.entries()) {
    const text = await readFile(join(directory, path), "utf8");
    const added = `\nexport function benchStep${at}() { return benchStep${Math.max(0, at - 1)}(); }\n`;
    await writeFile(join(directory, path), text + added);
  }
  return commitAll(directory, "Ten files");
}

/** Commits everything of a work tree, and answers the commit. */
export async function commitAll(directory: string, message: string): Promise<string> {
  await runGit({ arguments: ["add", "--all", "--force", "."], directory, settings });
  await runGit({ arguments: ["commit", "--quiet", "-m", message], directory, settings });
  return (await runGit({ arguments: ["rev-parse", "HEAD"], directory })).toString("latin1").trim();
}

function folderOf(name: string): string {
  const found = createRequire(import.meta.url).resolve(name);
  const end = found.lastIndexOf(`node_modules${sep}${name}${sep}`);
  return found.slice(0, end + `node_modules${sep}${name}`.length);
}
