import { lstat } from "node:fs/promises";
import { resolve } from "node:path";
import { GitFailure, runGit } from "../../platform/git/run-git.ts";

/** A commit of somebody's own repository, and the git directory that holds it. */
export type FoundCommit = { readonly gitDirectory: string; readonly sha: string };

export type CommitProblem = {
  readonly wrong: "directory" | "revision";
  /** What is wrong with it, without the value. */
  readonly message: string;
};

/**
 * Finds a revision in a directory's repository (a clone, a linked work tree or a bare one). Git only looks names up: no
 * hook, filter or setting of the repository takes part, and nothing is written.
 */
export async function findCommit(directory: string, revision: string): Promise<FoundCommit | CommitProblem> {
  const at = resolve(directory);
  const found = await lstat(at).catch(() => null);
  if (found === null) return { wrong: "directory", message: "there is no such directory" };
  const place = await ask(at, ["--path-format=absolute", "--git-common-dir", "--show-prefix"]);
  if (place === null) return { wrong: "directory", message: "it is not a git repository" };
  const [gitDirectory = "", prefix = ""] = place.split("\n");
  if (prefix !== "") return { wrong: "directory", message: "it is a folder within a repository, not its top" };
  const sha = revision.startsWith("-") ? null : await ask(at, ["--verify", "--quiet", `${revision}^{commit}`]);
  if (sha === null) return { wrong: "revision", message: "the repository has no such commit, branch or tag" };
  return { gitDirectory, sha };
}

async function ask(directory: string, what: readonly string[]): Promise<string | null> {
  try {
    return (await runGit({ arguments: ["rev-parse", ...what], directory })).toString("utf8").trimEnd();
  } catch (error) {
    // A path that is no directory fails before git runs.
    if (error instanceof GitFailure || (error instanceof Error && "syscall" in error)) return null;
    throw error;
  }
}
