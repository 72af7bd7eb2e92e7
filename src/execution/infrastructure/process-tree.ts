import { readdirSync, readFileSync } from "node:fs";

/** A file of /proc, or an empty text when its process is gone: that is no fault, processes end at any time. */
function readProc(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function childrenOf(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) =>
    readProc(`/proc/${pid}/task/${thread}/children`)
      .split(" ")
      .map(Number)
      .filter((child) => child > 0),
  );
}

/** A process and everything below it, as the kernel knows it now. Linux only; elsewhere just the process. */
export function processTree(root: number): readonly number[] {
  const seen = new Set([root]);
  for (const pid of seen) for (const child of childrenOf(pid)) seen.add(child);
  return [...seen];
}

/**
 * The memory that these processes hold, in bytes: anonymous and shared pages. Pages of files (the program itself) are
 * left out, since many processes share them.
 */
export function memoryOf(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    for (const [, amount] of readProc(`/proc/${pid}/status`).matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)) {
      kilobytes += Number(amount);
    }
  }
  return kilobytes * 1024;
}

/** Whether a process still runs; one that has ended and waits for its parent (a zombie) does not. */
export function isAlive(pid: number): boolean {
  const state = /^State:\s+(\w)/m.exec(readProc(`/proc/${pid}/status`))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Waits until a process has ended; throws a defect when it is still there after `deadlineMs`: long, for a busy machine. */
export async function waitUntilGone(pid: number, deadlineMs = 30_000): Promise<void> {
  const until = performance.now() + deadlineMs;
  for (let pause = 1; isAlive(pid); pause = Math.min(50, pause * 2)) {
    if (performance.now() > until) throw new Error(`process ${pid} of a sandbox is still alive`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
