import { readFile } from "node:fs/promises";

/** What a process uses, in MiB and ticks of the processor's clock (1/100 s). */
export type ProcessUsage = {
  readonly residentMb: number;
  /** The most that was resident since its start. */
  readonly peakMb: number;
  readonly cpuTicks: number;
};

/** Reads `/proc/PID`; null once the process is gone, and where there is no `/proc` (only Linux has it). */
export async function readProcessUsage(pid: number): Promise<ProcessUsage | null> {
  try {
    const [status, stat] = await Promise.all([
      readFile(`/proc/${pid}/status`, "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
    ]);
    return parseProcessUsage(status, stat);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return null;
    throw error;
  }
}

/** The texts of `/proc/PID/status` and `/proc/PID/stat` (proc(5)); null for a process that has ended and lost its memory. */
export function parseProcessUsage(status: string, stat: string): ProcessUsage | null {
  const mb = (name: string) => {
    const kb = new RegExp(String.raw`^${name}:\s+(\d+) kB$`, "m").exec(status)?.[1];
    return kb === undefined ? null : Math.round(Number(kb) / 1024);
  };
  const [residentMb, peakMb] = [mb("VmRSS"), mb("VmHWM")];
  if (residentMb === null || peakMb === null) return null;
  // The name in brackets may hold anything, so fields are counted from behind it: utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { residentMb, peakMb, cpuTicks: Number(fields[11]) + Number(fields[12]) };
}
