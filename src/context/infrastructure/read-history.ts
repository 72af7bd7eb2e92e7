import { createHash } from "node:crypto";
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
