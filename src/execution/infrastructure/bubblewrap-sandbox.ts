import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import type { Sandbox, SandboxResult, SandboxRun } from "../application/ports.ts";
import { sandboxLimits } from "../application/sandbox-limits.ts";
import {
  bubblewrapArguments,
  descriptors,
  groupText,
  hostsText,
  passwdText,
  systemArguments,
} from "./bubblewrap-arguments.ts";
import { findProgram } from "./find-program.ts";
import { giveAway, unprivileged } from "./give-away.ts";
import { blockedMount, clearMountPoint, insideWorktree, mountPoint } from "./mount-points.ts";
import { findNodeRuntime } from "./node-runtime.ts";
import { waitUntilGone } from "./process-tree.ts";
import { refusedRun, resultOf } from "./sandbox-result.ts";
import { supervise } from "./supervise.ts";
import { openDiskWatch } from "./watch-disk.ts";

/**
 * A sandbox on bubblewrap: no network, no outside files, no outside environment, limits on processes, memory, time,
 * files and output. Null with the reason when a program that it needs is missing. `cache` is a directory that other
 * users can pass through; it takes a copy of Node where theirs is closed to them.
 */
export async function createBubblewrapSandbox(options: {
  readonly cache: string;
  readonly protects?: readonly string[];
}): Promise<Sandbox | { readonly missing: string }> {
  const isRoot = process.getuid?.() === 0;
  const bwrap = (await findProgram("bwrap")) ?? "";
  if (bwrap === "") return { missing: "bubblewrap (bwrap) is not installed" };
  if ((await findProgram("prlimit")) === null) return { missing: "prlimit (util-linux) is not installed" };
  const setpriv = isRoot ? await findProgram("setpriv") : "";
  if (setpriv === null) return { missing: "setpriv (util-linux) is not installed" };
  // Work trees become the sandbox user's, and that takes a program of its own.
  const chown = (await findProgram("chown")) ?? "";
  if (isRoot && chown === "") return { missing: "chown (coreutils) is not installed" };
  const { uid, gid } = unprivileged;
  const become = ["--reuid", `${uid}`, "--regid", `${gid}`, "--clear-groups", "--no-new-privs", "--bounding-set=-all"];
  const launcher = setpriv === "" ? [bwrap] : [setpriv, ...become, bwrap];
  const system = await systemArguments();
  const runtime = await findNodeRuntime({ execPath: process.execPath, cache: options.cache, otherUser: isRoot });

  async function run(run: SandboxRun): Promise<SandboxResult> {
    const limits = { ...sandboxLimits, ...run.limits };
    const readOnly = run.readOnly ?? [];
    const writable = run.writable ?? [];
    if (run.signal?.aborted) return refusedRun("aborted", "was stopped by its caller before it began");
    const blocked = await blockedMount(run.worktree, [...readOnly, ...writable]);
    if (blocked !== null) return refusedRun("refused", blocked);
    // Each walks through the whole work tree, and neither changes what the other looks at.
    const [disk] = await Promise.all([
      openDiskWatch(run.worktree, limits.diskBytes),
      isRoot ? giveAway(chown, [run.worktree, ...writable.map(({ from }) => from)]) : null,
    ]);
    const command = typeof run.command === "string" ? ["/bin/sh", "-c", run.command] : run.command;
    const args = bubblewrapArguments({
      ...run,
      system,
      runtime,
      command,
      limits,
      readOnly,
      writable,
      env: run.env ?? {},
    });
    const [program = bwrap, ...before] = launcher;
    const { child, status } = launch(program, [...before, ...args]);
    const kill = (): void => {
      child.kill("SIGKILL");
    };
    const ended = await supervise(child, { limits, signal: run.signal, disk, kill });
    // The kernel ends every process of the sandbox before its first one is gone.
    const first = status.first();
    if (first !== null) await waitUntilGone(first);
    await Promise.all([...readOnly, ...writable].map((mount) => clearMountPoint(run.worktree, mount)));
    const ran = status.ran() || ended.stoppedBy !== null;
    if (ran) return resultOf(ended);
    const why = ended.stderr.trim().split("\n").at(-1) ?? "";
    const hint = isRoot && why.endsWith("Permission denied") ? " (a directory above it is closed to other users)" : "";
    return refusedRun("refused", `could not be started: ${why}${hint}`);
  }

  return {
    kind: "bubblewrap",
    protects: options.protects ?? [],
    pathInside: (_worktree, mount) => (mount === undefined ? insideWorktree : mountPoint(mount)),
    run,
  };
}

/**
 * Starts bubblewrap with an empty environment of its own: its first one can be read inside as /proc/1/environ, even
 * after `--clearenv`. Descriptors of this process that would be inherited are covered by /dev/null.
 */
function launch(program: string, args: readonly string[]): { child: ChildProcess; status: LaunchStatus } {
  const nothing = openSync("/dev/null", "r+");
  const inherited = inheritableDescriptors().filter((fd) => fd > descriptors.status && fd !== nothing);
  const stdio: ("ignore" | "pipe" | number)[] = ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe", "pipe"];
  for (let fd = stdio.length; fd <= Math.max(0, ...inherited); fd += 1)
    stdio[fd] = inherited.includes(fd) ? nothing : "ignore";
  try {
    const child = spawn(program, args, { env: {}, stdio });
    feed(child, descriptors.passwd, passwdText);
    feed(child, descriptors.group, groupText);
    feed(child, descriptors.hosts, hostsText);
    return { child, status: readStatus(child) };
  } finally {
    closeSync(nothing);
  }
}

function feed(child: ChildProcess, fd: number, text: string): void {
  const streams: readonly (Readable | Writable | null | undefined)[] = child.stdio;
  const stream = streams[fd];
  if (!(stream instanceof Writable)) return;
  // A launcher that dies before it has read everything shows in its exit status; the broken pipe adds nothing.
  stream.on("error", () => undefined);
  stream.end(text);
}

type LaunchStatus = { ran(): boolean; first(): number | null };

/** Reads bubblewrap's status lines: the first process inside, and an exit code only when the command was started. */
function readStatus(child: ChildProcess): LaunchStatus {
  let text = "";
  const streams: readonly (Readable | Writable | null | undefined)[] = child.stdio;
  const stream = streams[descriptors.status];
  if (stream instanceof Readable) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
  }
  return {
    ran: () => text.includes('"exit-code"'),
    first: () => {
      const pid = Number(/"child-pid": (\d+)/.exec(text)?.[1]);
      return pid > 0 ? pid : null;
    },
  };
}

/** This process's descriptors without close-on-exec (octal 02000000 in fdinfo): a child inherits them. */
function inheritableDescriptors(): readonly number[] {
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => {
      try {
        const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
        return flags !== undefined && (Number.parseInt(flags, 8) & 0o2000000) === 0;
      } catch {
        // The descriptor of this very listing, which is closed by now.
        return false;
      }
    });
}
