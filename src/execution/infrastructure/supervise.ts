import type { ChildProcess } from "node:child_process";
import type { EndedBy, SandboxLimits } from "../application/ports.ts";
import { memoryOf, processTree } from "./process-tree.ts";
import { sizeText } from "./size-text.ts";
import type { DiskWatch } from "./watch-disk.ts";

export type Supervision = {
  readonly limits: SandboxLimits;
  readonly signal: AbortSignal | undefined;
  readonly disk: DiskWatch;
  /** Ends everything that was started, at once. Called again at the end, when the command itself is done. */
  readonly kill: () => void;
};

export type Supervised = {
  /** Null: the command ended by itself. */
  readonly stoppedBy: Exclude<EndedBy, "exit" | "signal" | "refused"> | null;
  readonly reason: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  readonly peakMemoryBytes: number;
};

/** How often the memory of the tree is summed up, in milliseconds. */
const memoryEveryMs = 100;
/** How long the streams may stay open after the end before they are closed from this side. */
const closeAfterMs = 5_000;

/**
 * Watches a started process until it and its streams are closed: wall clock, output, memory of the whole tree, growth of
 * the work tree, and the caller's signal. Whichever limit is passed first ends it and is the reason.
 */
export async function supervise(child: ChildProcess, supervision: Supervision): Promise<Supervised> {
  const { limits, signal, disk } = supervision;
  const started = performance.now();
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let written = 0;
  let peakMemoryBytes = 0;
  let stopped: { by: NonNullable<Supervised["stoppedBy"]>; reason: string } | null = null;
  let done = false;

  const stop = (by: NonNullable<Supervised["stoppedBy"]>, reason: string): void => {
    if (done || stopped !== null) return;
    stopped = { by, reason };
    supervision.kill();
  };
  const listen = (name: "stdout" | "stderr") => (chunk: Buffer) => {
    if (written <= limits.outputBytes) chunks[name].push(chunk);
    written += chunk.length;
    if (written > limits.outputBytes) stop("output", `wrote more than ${sizeText(limits.outputBytes)} of output`);
  };
  child.stdout?.on("data", listen("stdout"));
  child.stderr?.on("data", listen("stderr"));

  const abort = (): void => stop("aborted", "was stopped by its caller");
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => stop("time", `ran longer than ${seconds(limits.wallMs)}`), limits.wallMs);
  const memoryWatch = setInterval(() => {
    if (child.pid === undefined) return;
    peakMemoryBytes = Math.max(peakMemoryBytes, memoryOf(processTree(child.pid)));
    if (peakMemoryBytes > limits.memoryBytes)
      stop("memory", `held more than ${sizeText(limits.memoryBytes)} of memory`);
  }, memoryEveryMs);
  disk.start((reason) => stop("disk", reason));

  try {
    const ended = await ending(child, supervision.kill);
    done = true;
    const wallMs = Math.round(performance.now() - started);
    // Output that was written before the end belongs to it, so the streams' own end is waited for above.
    const overfull = await disk.look();
    const { by, reason } = stopped ?? { by: overfull === null ? null : ("disk" as const), reason: overfull ?? "" };
    const text = (name: "stdout" | "stderr") =>
      Buffer.concat(chunks[name]).subarray(-limits.outputBytes).toString("utf8");
    return { ...ended, stoppedBy: by, reason, stdout: text("stdout"), stderr: text("stderr"), wallMs, peakMemoryBytes };
  } finally {
    done = true;
    clearTimeout(timer);
    clearInterval(memoryWatch);
    disk.end();
    signal?.removeEventListener("abort", abort);
  }
}

/** Resolves when the process and its streams are closed; what the command left running is ended first. */
function ending(
  child: ChildProcess,
  kill: () => void,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    let late: NodeJS.Timeout | undefined;
    child.once("error", reject);
    child.once("exit", () => {
      kill();
      late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, closeAfterMs);
    });
    child.once("close", (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal });
    });
  });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
