import { resolve } from "node:path";
import { type Hunk, hunksOf } from "../../../context/domain/code/changed-symbols.ts";
import { languageOf } from "../../../context/domain/code/language.ts";
import { leaveOutByPath } from "../../../context/domain/code/left-out.ts";
import { ConfigurationError } from "../../../kernel/errors.ts";
import { GitFailure, runGit } from "../../../platform/git/run-git.ts";

/** A commit with what it changed of its parent's source files. */
export type Change = {
  readonly commit: string;
  readonly parent: string;
  /** The whole message, without the trailers that tools and reviews put below it. */
  readonly message: string;
  readonly files: readonly { readonly path: string; readonly hunks: readonly Hunk[] }[];
};

const batch = 200;
/** So many commits are looked at before the bench does with what it has. */
const mostLookedAt = 4_000;
const mostFiles = 10;

const trailers = /^(?:[A-Z][\w-]*-(?:by|id|to)|Signed-off-by|Change-Id|Fixes|Closes|Refs?|See-also|Cc): .*$/gim;

/**
 * The top of the repository that a directory is in; of a bare one the directory itself.
 * @throws ConfigurationError where it is in none.
 */
export async function repositoryOf(directory: string): Promise<string> {
  const at = resolve(directory);
  try {
    const inTree = await runGit({ arguments: ["-C", at, "rev-parse", "--is-inside-work-tree"] });
    if (inTree.toString("utf8").trim() !== "true") return at;
    return (await runGit({ arguments: ["-C", at, "rev-parse", "--show-toplevel"] })).toString("utf8").trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new ConfigurationError(`--repo=${directory} is no directory in a git repository; for example --repo .`, {
      cause: error,
    });
  }
}

/**
 * The latest commits with one parent that changed 1 to 10 source files, newest first, at most `most`; only files that
 * their parent has are told.
 * @throws ConfigurationError where the history holds none.
 */
export async function readChanges(directory: string, most: number): Promise<readonly Change[]> {
  const git = async (...call: readonly string[]): Promise<string> =>
    (await runGit({ arguments: ["-C", directory, ...call] })).toString("utf8");
  const changes: Change[] = [];
  for (let skip = 0; skip < mostLookedAt && changes.length < most; skip += batch) {
    const records = (await log(git, directory, skip)).split("\u0001").slice(1);
    if (records.length === 0) break;
    for (const record of records) {
      if (changes.length === most) break;
      const change = await readChange(git, record);
      if (change !== null) changes.push(change);
    }
  }
  if (changes.length > 0) return changes;
  throw new ConfigurationError(
    `--repo=${directory} has no commit to measure: needs commits that have one parent here (a shallow clone has few) and change 1 to ${mostFiles} source files`,
  );
}

type Git = (...call: readonly string[]) => Promise<string>;

async function log(git: Git, directory: string, skip: number): Promise<string> {
  const format = "--format=%x01%H%x02%P%x02%B%x02";
  const range = [`--skip=${skip}`, `--max-count=${batch}`, "--min-parents=1", "--max-parents=1"];
  try {
    return await git("log", ...range, "--raw", "-z", "--abbrev=64", "--find-renames", "--no-color", format, "HEAD");
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new ConfigurationError(
      `--repo=${directory} has no history to measure: must be a git repository with commits at HEAD, whose contents are here`,
      { cause: error },
    );
  }
}

/** `:<mode> <mode> <blob> <blob> <status>\0<path>\0`, and with two paths where a file was renamed. */
const entry = /:\d+ \d+ (\w+) (\w+) (?:[RC]\d+\0([^\0]+)\0([^\0]+)|[A-Z]\d*\0([^\0]+))\0/g;

async function readChange(git: Git, record: string): Promise<Change | null> {
  const [commit = "", parent = "", message = "", raw = ""] = record.split("\u0002");
  const sources = [...raw.matchAll(entry)]
    .map(([, before = "", after = "", from, to, path = ""]) => ({ before, after, path: from ?? path, to: to ?? path }))
    .filter(({ path, to }) => isSource(path) && isSource(to));
  if (sources.length > mostFiles) return null;
  const files: Change["files"][number][] = [];
  for (const { before, after, path } of sources) {
    if (isNone(before) || before === after) continue;
    const hunks = isNone(after) ? [{ from: 1, count: Number.MAX_SAFE_INTEGER }] : await diff(git, before, after);
    if (hunks === null) return null;
    files.push({ path, hunks });
  }
  return files.length === 0 ? null : { commit, parent, message: message.replace(trailers, "").trim(), files };
}

/** The id that git writes where there is no file. */
function isNone(blob: string): boolean {
  return /^0+$/.test(blob);
}

/** Null where a partial clone lacks the contents. */
async function diff(git: Git, before: string, after: string): Promise<readonly Hunk[] | null> {
  try {
    return hunksOf(await git("diff", "--unified=0", "--no-ext-diff", "--no-textconv", "--no-color", before, after));
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  }
}

function isSource(path: string): boolean {
  return languageOf(path) !== null && leaveOutByPath(path, 0) === null;
}
