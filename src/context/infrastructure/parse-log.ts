import type { Commit, FileChange } from "../domain/code/history.ts";

/**
 * Reads `git log -z --name-status --format=%x01%H%x02%cs%x02%s%x02`. A commit that was cut off at the end is left out
 * only where its head is not whole.
 */
export function parseLog(log: string): readonly Commit[] {
  return log
    .split("\u0001")
    .slice(1)
    .flatMap((record) => {
      const [id = "", day = "", subject = "", rest] = record.split("\u0002");
      return rest === undefined ? [] : [{ id, day, subject, changes: changesOf(rest) }];
    });
}

/** `<status>\0<path>\0`, and with two paths where a file was renamed or copied. */
function changesOf(text: string): readonly FileChange[] {
  const fields = text
    .split("\0")
    .map((field) => field.replace(/^\n+/, ""))
    .filter((field) => field !== "");
  const changes: FileChange[] = [];
  for (let at = 0; at + 1 < fields.length; ) {
    const status = fields[at] ?? "";
    const moved = /^[RC]\d+$/.test(status);
    const [first = "", second] = [fields[at + 1], fields[at + 2]];
    if (moved && second !== undefined)
      changes.push({ path: second, renamedFrom: status.startsWith("R") ? first : null });
    else if (!moved) changes.push({ path: first, renamedFrom: null });
    at += moved ? 3 : 2;
  }
  return changes;
}
