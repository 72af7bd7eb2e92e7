import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A process as its id and the tick at which it began, so that a later one with the same id is not taken for it. */
export function ownerMark(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ");
    return `${pid} ${fields?.[19] ?? ""}`;
  } catch {
    return `${pid} gone`;
  }
}

/** Whether the process that made a work tree still runs: another worker on this machine. */
export async function isOwned(home: string): Promise<boolean> {
  const mark = await readFile(join(home, "owner"), "latin1").catch(() => "");
  return mark !== "" && ownerMark(Number(mark.split(" ")[0])) === mark && !mark.endsWith("gone");
}
