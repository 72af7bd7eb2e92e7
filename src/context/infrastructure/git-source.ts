import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigurationError } from "../../kernel/errors.ts";
import { readContents } from "../../platform/git/read-contents.ts";
import { GitFailure, runGit } from "../../platform/git/run-git.ts";
import type { CommittedTree, SourceRepository, TreeFile } from "../application/ports.ts";
import { leaveOutByText } from "../domain/code/left-out.ts";
import { writtenPaths } from "../domain/code/named-in-text.ts";
import { chunksOf } from "./chunks-of.ts";
import { decodeText } from "./decode-text.ts";
import { judgeTree } from "./judge-tree.ts";
import { type CallGit, listTree, type TreeEntry } from "./list-tree.ts";
import { readHistory } from "./read-history.ts";

/** Texts by blob, null where a blob is none: who opens many commits of a repository reads each of its files once. */
export type KnownTexts = Map<string, string | null>;

export type GitSourceOptions = {
  /** What git calls the commit; without it HEAD. */
  readonly at?: string;
  readonly known?: KnownTexts;
  /** A text: what it names goes first where the repository has more files than are read. */
  readonly about?: string;
};

/**
 * Opens the repository that a directory is (in): only what is committed at HEAD and under the directory is read, by git's
 * plumbing, so that no work tree, hook, filter or submodule takes part and nothing is fetched.
 * @throws ConfigurationError where the directory is missing, is in no repository, or HEAD has no commit.
 */
export async function openGitSource(
  directory: string,
  { at: revision = "HEAD", known, about = "" }: GitSourceOptions = {},
): Promise<SourceRepository> {
  const at = existingDirectory(directory);
  const git: CallGit = (call) => runGit({ ...call, arguments: ["-C", at, ...call.arguments] });
  const ask = async (message: string, ...call: readonly string[]): Promise<string> => {
    try {
      return (await git({ arguments: ["rev-parse", ...call] })).toString("utf8").trim();
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      throw new ConfigurationError(`--repo=${directory} ${message}`, { cause: error });
    }
  };
  const prefix = await ask(
    "is in no git repository: must be a directory that git knows; run `git init` and commit there, or name another",
    "--show-prefix",
  );
  const commit = await ask(
    `has no commit at ${revision}: the context is made from committed files; commit there first`,
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  );
  const gitDirectory = await ask("has no git directory that git can tell", "--absolute-git-dir");
  return {
    readTree: () => readTree(git, { commit, prefix, directory, gitDirectory, about, known: known ?? new Map() }),
    readHistory: () => readHistory(git, { commit, prefix }),
  };
}

/** Whether a text names a path: as it is, by its end, or by a folder above it. */
function isNamedIn(text: string): (path: string) => boolean {
  const names = [...new Set(writtenPaths(text))];
  return (path) => names.some((name) => `/${path}/`.includes(`/${name}/`));
}

function existingDirectory(directory: string): string {
  const path = resolve(directory);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return realpathSync(path);
  throw new ConfigurationError(
    `--repo=${directory} is no directory: must be one that is in a git repository; for example --repo .`,
  );
}

type Place = { readonly commit: string; readonly prefix: string };

async function readTree(
  git: CallGit,
  {
    commit,
    prefix,
    directory,
    gitDirectory,
    about,
    known,
  }: Place & {
    readonly directory: string;
    readonly gitDirectory: string;
    readonly about: string;
    readonly known: KnownTexts;
  },
): Promise<CommittedTree> {
  const tree = prefix === "" ? commit : `${commit}:${prefix.replace(/\/$/, "")}`;
  let listed: readonly TreeEntry[];
  try {
    listed = await listTree(git, tree);
  } catch (error) {
    if (!(error instanceof GitFailure) || prefix === "") throw error;
    throw new ConfigurationError(
      `--repo=${directory} holds no committed file: it lies in a repository that does not know it; commit it, or name the repository`,
      { cause: error },
    );
  }
  const { files: entries, leftOut: judged } = judgeTree(listed, isNamedIn(about));
  const leftOut = judged.map(({ path, reason }) => ({ path, reason }));
  const files: TreeFile[] = [];
  for (const chunk of chunksOf(entries.filter(({ blob }) => !known.has(blob))))
    for (const [blob, content] of await readContents(
      gitDirectory,
      chunk.map(({ blob }) => blob),
    ))
      known.set(blob, decodeText(content));
  for (const { path, blob } of entries) {
    const text = known.get(blob);
    const reason = text === undefined ? "absent" : text === null ? "binary" : leaveOutByText(path, text);
    if (reason !== null) leftOut.push({ path, reason });
    else if (typeof text === "string") files.push({ path, blob, text });
  }
  leftOut.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { commit, files, leftOut };
}
