import type { Commit, FileChange } from "../domain/code/history.ts";

/**
 * Reads `git log -z --name-status` of `logFormat`: only NUL parts its fields, as names and subjects may hold any other character.
 * Of a commit that was cut off at the end there is what came whole; without its subject it is left out.
 */
export function parseLog(log: string): readonly Commit[] {
  const commits: { id: string; day: string; subject: string; changes: FileChange[] }[] = [];
  // What stands behind the last NUL was cut off.
  const fields = log.split("\0").slice(0, -1);
  for (let at = 0; at < fields.length; ) {
    const [field = "", first, second] = fields.slice(at, at + 3);
    const status = field.replace(/^\n+/, "");
    const commit = commits.at(-1);
    if (status === "") at += 1;
    else if (/^[0-9a-f]{40,64}$/.test(status)) {
      if (first !== undefined && second !== undefined)
        commits.push({ id: status, day: first, subject: second, changes: [] });
      at += 3;
    } else if (/^[RC]\d+$/.test(status)) {
      if (first !== undefined && second !== undefined)
        commit?.changes.push({ path: second, renamedFrom: status.startsWith("R") ? first : null });
      at += 3;
    } else {
      if (first !== undefined) commit?.changes.push({ path: first, renamedFrom: null });
      at += 2;
    }
  }
  return commits;
}

/** A commit's id, day and subject, each with a NUL behind it. */
export const logFormat = "--format=%H%x00%cs%x00%s%x00";
