import { spawn } from "node:child_process";
import { mkdtemp, rm, symlink, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import type { Mount, Sandbox, SandboxResult, SandboxRun } from "../application/ports.ts";
import { sandboxLimits } from "../application/sandbox-limits.ts";
import { refusedRun, resultOf } from "./sandbox-result.ts";
import { supervise } from "./supervise.ts";
import { openDiskWatch } from "./watch-disk.ts";

/**
 * No sandbox: untrusted commands are refused with `no-sandbox` and why. Trusted ones (the project's own) run as plain
 * process groups in an empty environment, under the same limits on time, output, memory and disk as elsewhere.
 */
export function createOffSandbox(why: string): Sandbox {
  return {
    kind: "off",
    protects: [],
    pathInside: (worktree, mount) => {
      if (mount === undefined) return worktree;
      return isAbsolute(mount.to) ? mount.from : join(worktree, mount.to);
    },
    run: async (run) => (run.trusted === true ? runTrusted(run) : refusedRun("refused", `no-sandbox: ${why}`)),
  };
}

async function runTrusted(run: SandboxRun): Promise<SandboxResult> {
  const limits = { ...sandboxLimits, ...run.limits };
  if (run.signal?.aborted) return refusedRun("aborted", "was stopped by its caller before it began");
  const [program = "", ...args] = typeof run.command === "string" ? ["/bin/sh", "-c", run.command] : run.command;
  const home = await mkdtemp(join(tmpdir(), "fleet-run-"));
  const links = await linkMounts(run.worktree, [...(run.readOnly ?? []), ...(run.writable ?? [])]);
  try {
    const disk = await openDiskWatch(run.worktree, limits.diskBytes);
    const path = [...(run.path ?? []), dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":");
    const env = { PATH: path, HOME: home, TMPDIR: home, LANG: "C.UTF-8", CI: "true", ...run.env };
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    const child = spawn(program, args, { cwd: run.worktree, env, stdio, detached: true });
    const kill = (): void => endGroup(child.pid);
    return resultOf(await supervise(child, { limits, signal: run.signal, disk, kill }));
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return refusedRun("refused", `could not be started: ${program}`);
    throw error;
  } finally {
    await Promise.all(links.map((link) => unlink(link)));
    await rm(home, { recursive: true, force: true });
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: the whole group has ended by itself, which is what is wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** A mount inside the work tree becomes a link for as long as the run lasts; an absolute one is used where it is. */
async function linkMounts(worktree: string, mounts: readonly Mount[]): Promise<readonly string[]> {
  const links: string[] = [];
  for (const { from, to } of mounts) {
    if (isAbsolute(to)) continue;
    const link = join(worktree, to);
    await symlink(from, link);
    links.push(link);
  }
  return links;
}
