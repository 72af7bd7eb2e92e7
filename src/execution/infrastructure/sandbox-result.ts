import type { EndedBy, SandboxResult } from "../application/ports.ts";
import type { Supervised } from "./supervise.ts";

/** What runtimes print when the kernel refuses them more memory: the per-process limit shows in no other way. */
const outOfMemory =
  /out of memory|allocation failed|cannot allocate memory|MemoryError|std::bad_alloc|ENOMEM|OutOfMemoryError/i;

/** A run that never began. */
export function refusedRun(endedBy: EndedBy, reason: string): SandboxResult {
  return { exitCode: null, endedBy, reason, stdout: "", stderr: "", wallMs: 0, peakMemoryBytes: 0 };
}

/**
 * A finished run as the port tells it. Shells and bubblewrap pass a signal on as 128 + its number: 24 is the CPU limit
 * (SIGXCPU), 25 the limit on a file's size (SIGXFSZ).
 */
export function resultOf(ended: Supervised): SandboxResult {
  const { stdout, stderr, wallMs, peakMemoryBytes, code } = ended;
  const result = (endedBy: EndedBy, reason: string, exitCode: number | null = null): SandboxResult => ({
    exitCode,
    endedBy,
    reason,
    stdout,
    stderr,
    wallMs,
    peakMemoryBytes,
  });
  if (ended.stoppedBy !== null) return result(ended.stoppedBy, ended.reason);
  if (code === null) return result("signal", `was ended by ${ended.signal ?? "a signal"}`);
  if (code === 0) return result("exit", "ended with status 0", 0);
  if (code === 128 + 24) return result("cpu", "used more CPU time than it may");
  if (code === 128 + 25) return result("disk", "wrote a file that is larger than it may be");
  if (outOfMemory.test(stderr.slice(-8_000))) return result("memory", "asked for more memory than it may have");
  return result("exit", `ended with status ${code}`, code);
}
