import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigurationError } from "../../kernel/errors.ts";
import { GitFailure, runGit } from "../../platform/git/run-git.ts";
import type { CommittedTree, SourceRepository, TreeFile } from "../application/ports.ts";
import type { Commit } from "../domain/code/history.ts";
import { type LeftOutReason, leaveOutByPath, leaveOutByText } from "../domain/code/left-out.ts";
import { decodeText } from "./decode-text.ts";
import { type CallGit, listTree, type TreeEntry } from "./list-tree.ts";
import { parseLog } from "./parse-log.ts";

const mostFiles = 20_000;
const mostBytes = 192 * 1024 * 1024;
/** So much of the contents is in memory as bytes at a time. */
const chunkBytes = 32 * 1024 * 1024;

/** How far back co-change and hotspots look, and how much of git's answer is read. */
const mostCommits = 1_000;
const mostLogBytes = 32 * 1024 * 1024;

/**
 * Opens the repository that a directory is (in): only what is committed at HEAD (or `at`) and under the directory is read, by git's
 * plumbing, so that no work tree, hook, filter or submodule takes part and nothing is fetched.
 * @throws ConfigurationError where the directory is missing, is in no repository, or HEAD has no commit.
 */
export async function openGitSource(
  directory: string,
  { at: revision = "HEAD" }: { readonly at?: string } = {},
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
    "has no commit at HEAD: the context is made from committed files; commit there first",
    "--verify",
    "--quiet",
    `${revision}^{commit}`,
  );
  return {
    readTree: () => readTree(git, { commit, prefix, directory }),
    readHistory: () => readHistory(git, { commit, prefix }),
  };
}

function existingDirectory(directory: string): string {
  const path = resolve(directory);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return realpathSync(path);
  throw new ConfigurationError(
    `--repo=${directory} is no directory: must be one that is in a git repository; for example --repo .`,
  );
}

type Entry = { readonly path: string; readonly blob: string; readonly size: number };
type Place = { readonly commit: string; readonly prefix: string };

async function readTree(
  git: CallGit,
  { commit, prefix, directory }: Place & { directory: string },
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
  const leftOut: { path: string; reason: LeftOutReason }[] = [];
  const entries: Entry[] = [];
  let bytes = 0;
  for (const entry of listed) {
    const { path, blob } = entry;
    const size = entry.size ?? 0;
    const over = entries.length >= mostFiles || bytes + size > mostBytes;
    const reason = reasonOf(entry) ?? (over ? "limit" : null);
    if (reason !== null) {
      leftOut.push({ path, reason });
      continue;
    }
    bytes += size;
    entries.push({ path, blob, size });
  }
  const files: TreeFile[] = [];
  for (const chunk of chunksOf(entries)) {
    const contents = await readBlobs(git, chunk);
    for (const { path, blob } of chunk) {
      const content = contents.get(blob);
      const text = content === undefined ? null : decodeText(content);
      const reason = content === undefined ? "absent" : text === null ? "binary" : leaveOutByText(path, text);
      if (reason !== null) leftOut.push({ path, reason });
      else if (text !== null) files.push({ path, text });
    }
  }
  leftOut.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { commit, files, leftOut };
}

function reasonOf({ mode, path, size }: TreeEntry): LeftOutReason | null {
  if (mode === "120000") return "symlink";
  if (mode === "160000") return "submodule";
  return leaveOutByPath(path, size ?? 0) ?? (size === null ? "absent" : null);
}

function chunksOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const chunks: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    if (bytes + entry.size > chunkBytes) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(entry);
    bytes += entry.size;
  }
  return chunks;
}

/** `<id> blob <size>\n<bytes>\n` …, or `<id> missing\n`. */
async function readBlobs(git: CallGit, entries: readonly Entry[]): Promise<ReadonlyMap<string, Buffer>> {
  const ids = [...new Set(entries.map(({ blob }) => blob))];
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

/** Only whole renames are followed: they need no contents, which a partial clone lacks. */
async function readHistory(git: CallGit, { commit, prefix }: Place): Promise<readonly Commit[]> {
  const log = await git({
    arguments: [
      "log",
      "--no-merges",
      `--max-count=${mostCommits}`,
      "--name-status",
      "--find-renames=100%",
      "-l2000",
      "--no-color",
      "--no-ext-diff",
      "--no-show-signature",
      "-z",
      "--format=%x01%H%x02%cs%x02%s%x02",
      commit,
      ...(prefix === "" ? [] : ["--relative", "--", "."]),
    ],
    cutAt: mostLogBytes,
  });
  return parseLog(log.toString("utf8"));
}
