import { lstat, readlink } from "node:fs/promises";
import type { Mount, SandboxLimits } from "../application/ports.ts";
import { insideWorktree, mountPoint } from "./mount-points.ts";
import type { NodeRuntime } from "./node-runtime.ts";

/** File descriptors that the launcher is given: user data, and where bubblewrap reports that the command ran. */
export const descriptors = { passwd: 3, group: 4, hosts: 5, status: 6 } as const;

export const passwdText = "sandbox:x:1000:1000::/tmp:/bin/sh\n";
/** Servers and browsers' tools ask for `localhost` by its name, and there is no resolver inside. */
export const hostsText = "127.0.0.1 localhost sandbox\n::1 localhost\n";
export const groupText = "sandbox:x:1000:\n";

/** /bin, /sbin and /lib as this machine has them: links into /usr, or directories of their own. */
export async function systemArguments(): Promise<readonly string[]> {
  const all: string[] = ["--ro-bind", "/usr", "/usr"];
  for (const path of ["/bin", "/sbin", "/lib", "/lib64"]) {
    const found = await lstat(path).catch(() => null);
    if (found?.isSymbolicLink()) all.push("--symlink", await readlink(path), path);
    else if (found?.isDirectory()) all.push("--ro-bind", path, path);
  }
  for (const path of ["/etc/alternatives", "/etc/ld.so.cache"]) all.push("--ro-bind-try", path, path);
  return all;
}

export type BubblewrapRun = {
  readonly system: readonly string[];
  readonly runtime: NodeRuntime;
  readonly worktree: string;
  readonly command: readonly string[];
  readonly limits: SandboxLimits;
  readonly readOnly: readonly Mount[];
  readonly writable: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  readonly path?: readonly string[];
};

/**
 * The arguments of bwrap (0.8 or later). They are readable inside as /proc/1/cmdline, so no secret may be in `env`.
 * Without `--remount-ro` both / and /dev would be writable; without /etc/passwd `os.userInfo()` throws (ENGINES.md).
 */
export function bubblewrapArguments(run: BubblewrapRun): readonly string[] {
  const { limits, runtime } = run;
  const env = {
    PATH: [...(run.path ?? []), runtime.path, "/usr/local/bin:/usr/bin:/bin"].filter((part) => part !== "").join(":"),
    HOME: "/tmp",
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    CI: "true",
    ...run.env,
  };
  return [
    ...[
      "--unshare-all",
      "--unshare-user",
      "--disable-userns",
      "--die-with-parent",
      "--new-session",
      "--cap-drop",
      "ALL",
    ],
    ...["--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--clearenv"],
    ...["--json-status-fd", String(descriptors.status)],
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...run.system,
    ...["--ro-bind-data", String(descriptors.passwd), "/etc/passwd"],
    ...["--ro-bind-data", String(descriptors.group), "/etc/group"],
    ...["--ro-bind-data", String(descriptors.hosts), "/etc/hosts"],
    ...["--proc", "/proc", "--dev", "/dev", "--size", "67108864", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--size", String(limits.tmpBytes), "--tmpfs", "/tmp"],
    ...runtime.binds.flatMap(({ from, to }) => ["--ro-bind", from, to]),
    ...runtime.links.flatMap(({ target, at }) => ["--symlink", target, at]),
    ...["--bind", run.worktree, insideWorktree],
    ...run.readOnly.flatMap((mount) => ["--ro-bind", mount.from, mountPoint(mount)]),
    ...run.writable.flatMap((mount) => ["--bind", mount.from, mountPoint(mount)]),
    ...["--remount-ro", "/", "--chdir", insideWorktree, "--"],
    "prlimit",
    `--nproc=${limits.processes}`,
    `--data=${limits.memoryBytes}`,
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + 1}`,
    `--fsize=${limits.fileBytes}`,
    ...["--nofile=1024", "--core=0", "--"],
    ...run.command,
  ];
}
