import { createHash } from "node:crypto";
import { GitFailure } from "../../platform/git/run-git.ts";
import type { Commit } from "../domain/code/history.ts";
import type { CallGit } from "./list-tree.ts";
import { logFormat, parseLog } from "./parse-log.ts";

/** How far back co-change and hotspots look, and how much of git's answer is read. */
const mostCommits = 1_000;
const mostLogBytes = 32 * 1024 * 1024;

/**
 * How git knows a file under another name. `alike`: half of its text is still there, as git has it by default; where a commit
 * takes away and adds more files than 400, only those that kept their last name or all of their text are known again, so that
 * no commit costs more than the reading of its files. `same`: all of its text is, which needs no contents.
 */
const renames = { alike: ["--find-renames=50%", "-l400"], same: ["--find-renames=100%"] } as const;

/** Milliseconds until contents are no longer compared. */
const mostComparingMs = 60_000;

type Place = { readonly commit: string; readonly prefix: string };

/**
 * The latest commits up to one, of a folder only where a prefix names one. Files are followed over renames, with the edits that
 * came with these where the contents are here: of a partial clone never, so that it does not matter which of them it has by now.
 */
export async function readHistory(git: CallGit, place: Place): Promise<readonly Commit[]> {
  if (await isPartialClone(git)) return readLog(git, place, "same");
  try {
    return await readLog(git, place, "alike");
  } catch (error) {
    // A broken repository lacks contents, too.
    if (!(error instanceof GitFailure)) throw error;
    return await readLog(git, place, "same");
  }
}

async function isPartialClone(git: CallGit): Promise<boolean> {
  const keys = "^(remote\\..*\\.promisor|extensions\\.partialclone)$";
  try {
    return (await git({ arguments: ["config", "--get-regexp", keys] })).length > 0;
  } catch (error) {
    // It ends with 1 where no setting is called so.
    if (error instanceof GitFailure && error.status === 1) return false;
    throw error;
  }
}

async function readLog(
  git: CallGit,
  { commit, prefix }: Place,
  following: keyof typeof renames,
): Promise<readonly Commit[]> {
  const log = await git({
    arguments: [
      "log",
      "--no-merges",
      `--max-count=${mostCommits}`,
      "--name-status",
      ...renames[following],
      "--no-color",
      "--no-ext-diff",
      "--no-show-signature",
      "-z",
      logFormat,
      commit,
      ...(prefix === "" ? [] : ["--relative", "--", "."]),
    ],
    cutAt: mostLogBytes,
    ...(following === "alike" ? { timeoutMs: mostComparingMs } : {}),
  });
  return parseLog(log.toString("utf8"));
}

/** Who wrote the same commits: of each address only a digest leaves this function. */
export async function readAuthors(git: CallGit, commit: string, salt: string): Promise<ReadonlyMap<string, string>> {
  const log = await git({
    arguments: ["log", "--no-merges", `--max-count=${mostCommits}`, "--no-show-signature", "--format=%H %ae", commit],
    cutAt: mostLogBytes,
  });
  const digest = (address: string): string =>
    createHash("sha256").update(`${salt}\n${address.trim().toLowerCase()}`).digest("hex");
  const lines = log
    .toString("utf8")
    .split("\n")
    .map((line) => /^(\w+) (.+)$/.exec(line));
  return new Map(lines.flatMap((found) => (found === null ? [] : [[found[1] ?? "", digest(found[2] ?? "")] as const])));
}
