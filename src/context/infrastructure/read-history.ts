import type { Commit } from "../domain/code/history.ts";
import type { CallGit } from "./list-tree.ts";
import { parseLog } from "./parse-log.ts";

/** How far back co-change and hotspots look, and how much of git's answer is read. */
const mostCommits = 1_000;
const mostLogBytes = 32 * 1024 * 1024;

/**
 * The latest commits up to one, of a folder only where a prefix names one. Only whole renames are followed: they need no
 * contents, which a partial clone lacks.
 */
export async function readHistory(
  git: CallGit,
  { commit, prefix }: { readonly commit: string; readonly prefix: string },
): Promise<readonly Commit[]> {
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
