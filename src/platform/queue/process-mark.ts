import { readFileSync } from "node:fs";

/**
 * A process as `<pid>` or, where /proc tells, `<pid>.<start time>`: a pid alone may name another process after a restart,
 * above all in a container, where every start counts from 1.
 */
export function ownProcessMark(): string {
  return processMark(process.pid);
}

/** Whether the process that left this mark still runs. */
export function isProcessAlive(mark: string): boolean {
  const pid = Number.parseInt(mark, 10);
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return processMark(pid) === mark;
}

function processMark(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the command, in parentheses, may hold anything; the start time is the 20th field after it.
    const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${pid}.${startTime}`;
  } catch {
    return String(pid); // no /proc on this system
  }
}
