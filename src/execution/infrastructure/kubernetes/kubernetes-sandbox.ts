import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Logger } from "pino";
import type { Mount, Sandbox, SandboxResult, SandboxRun } from "../../application/ports.ts";
import { sandboxLimits } from "../../application/sandbox-limits.ts";
import { findProgram } from "../find-program.ts";
import { giveAway, unprivileged } from "../give-away.ts";
import { blockedMount, clearMountPoint, insideWorktree, mountPoint } from "../mount-points.ts";
import { refusedRun, resultOf } from "../sandbox-result.ts";
import { openDiskWatch } from "../watch-disk.ts";
import { type JobManifest, jobManifest, startSeconds } from "./job-manifest.ts";
import { ApiFailure, type KubernetesApi } from "./kubernetes-api.ts";
import { openStreamFiles, type StreamFiles } from "./stream-files.ts";
import { volumeParts } from "./volume-parts.ts";
import { type Patience, pause, type WatchedEnd, watchRun } from "./watch-run.ts";

/** The volume that this process and the pods share, and what the pods are made of. */
export type PodSettings = {
  /** The image of the pods: a shell, git, node and what the projects' commands need. */
  readonly image: string;
  /** The PersistentVolumeClaim, and where this process has it mounted. */
  readonly claim: string;
  readonly mount: string;
};

export const defaultPatience: Patience = {
  pollMs: 100,
  startMs: startSeconds * 1_000,
  awayMs: 60_000,
  goneMs: 60_000,
};

/**
 * A sandbox of one Kubernetes Job for each run. Whatever a run is shown must lie on the shared volume; the pods see those
 * parts of it and nothing else. `protects` is what a probe has seen; the manifest alone proves nothing of a cluster.
 */
export function createKubernetesSandbox(options: {
  readonly api: KubernetesApi;
  readonly settings: PodSettings;
  readonly logger: Logger;
  readonly patience?: Patience;
}): Sandbox {
  const { api, settings, logger, patience = defaultPatience } = options;
  const isRoot = process.getuid?.() === 0;
  const own = isRoot ? unprivileged : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

  async function run(run: SandboxRun): Promise<SandboxResult> {
    if (run.signal?.aborted) return refusedRun("aborted", "was stopped by its caller before it began");
    const { readOnly = [], writable = [] } = run;
    const mounts = [...readOnly, ...writable];
    const blocked = await blockedMount(run.worktree, mounts);
    if (blocked !== null) return refusedRun("refused", blocked);
    const streams = await openStreamFiles();
    try {
      const order = await prepare(run, streams);
      if ("problem" in order) return refusedRun("refused", `could not be started: ${order.problem}`);
      return await runJob(run, order.manifest, streams);
    } finally {
      await Promise.all(mounts.map((mount) => clearMountPoint(run.worktree, mount)));
      await streams.dispose();
    }
  }

  async function prepare(
    run: SandboxRun,
    streams: StreamFiles,
  ): Promise<{ readonly manifest: JobManifest } | { readonly problem: string }> {
    const { readOnly = [], writable = [] } = run;
    const shown = (mount: Mount, closed: boolean) => ({
      from: mount.from,
      mountPath: mountPoint(mount),
      readOnly: closed,
    });
    const found = await volumeParts(settings.mount, [
      { from: run.worktree, mountPath: insideWorktree, readOnly: false },
      ...readOnly.map((mount) => shown(mount, true)),
      ...writable.map((mount) => shown(mount, false)),
      ...streams.wanted,
    ]);
    if ("problem" in found) return found;
    // Made here they belong to this user; the node would make them as root.
    for (const { to } of [...readOnly, ...writable])
      if (!isAbsolute(to)) await mkdir(join(run.worktree, to), { recursive: true });
    const chown = isRoot ? await findProgram("chown") : null;
    if (chown !== null) await giveAway(chown, [run.worktree, ...writable.map(({ from }) => from), ...streams.paths]);
    const { command, env = {}, path = [] } = run;
    const manifest = jobManifest({
      ...settings,
      ...own,
      name: `fleet-run-${randomBytes(8).toString("hex")}`,
      parts: found.parts,
      command: typeof command === "string" ? ["/bin/sh", "-c", command] : command,
      env,
      path,
      limits: { ...sandboxLimits, ...run.limits },
    });
    return { manifest };
  }

  async function runJob(run: SandboxRun, manifest: JobManifest, streams: StreamFiles): Promise<SandboxResult> {
    const limits = { ...sandboxLimits, ...run.limits };
    const job = manifest.metadata.name;
    const disk = await openDiskWatch(run.worktree, limits.diskBytes);
    let ended: WatchedEnd;
    try {
      const refusal = await create(manifest, run.signal);
      if (run.signal?.aborted) return refusedRun("aborted", "was stopped by its caller");
      if (refusal !== null) return refusedRun("refused", `could not be started: ${refusal}`);
      ended = await watchRun({ api, job, limits, signal: run.signal, disk, streams, patience });
    } finally {
      await remove(job);
    }
    const overfull = ended.by === null ? await disk.look() : null;
    const flooded = ended.by === null && (await streams.written()) > limits.outputBytes;
    const end: WatchedEnd =
      overfull !== null
        ? { by: "disk", reason: overfull, wallMs: ended.wallMs }
        : flooded
          ? { by: "output", reason: "wrote more output than it may", wallMs: ended.wallMs }
          : ended;
    const printed = await streams.read(limits.outputBytes);
    return asResult(end, printed);
  }

  /** Why the Job cannot be made, or null. A question that was not answered may have been heard: then it is there (409). */
  async function create(manifest: JobManifest, signal: AbortSignal | undefined): Promise<string | null> {
    const until = performance.now() + patience.awayMs;
    for (let first = true; ; first = false) {
      try {
        await api.createJob(manifest);
        return null;
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        if (!first && error.status === 409) return null;
        if (!error.passing || performance.now() > until || signal?.aborted === true)
          return `the cluster's API said: ${error.message}`;
        await pause(patience.pollMs * 5, signal ?? new AbortController().signal);
      }
    }
  }

  /** Ends the Job with its pods and waits until they are gone. The Job's own deadline stands where the API is away. */
  async function remove(job: string): Promise<void> {
    const until = performance.now() + patience.goneMs;
    const never = new AbortController().signal;
    let said = "its pods are still there";
    for (let asked = false; performance.now() < until; ) {
      try {
        if (!asked) await api.deleteJob(job);
        asked = true;
        if ((await api.failureOf(job)) === "gone") return;
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
        said = error.message;
        if (!error.passing) break;
      }
      await pause(patience.pollMs, never);
    }
    logger.warn({ job, said }, "a Job of the sandbox could not be removed; it ends by its own deadline");
  }

  return {
    kind: "kubernetes",
    protects: [],
    pathInside: (_worktree, mount) => (mount === undefined ? insideWorktree : mountPoint(mount)),
    run,
  };
}

function asResult(end: WatchedEnd, printed: { readonly stdout: string; readonly stderr: string }): SandboxResult {
  // What it held is the node's to know.
  const measured = { ...printed, wallMs: end.wallMs, peakMemoryBytes: 0, signal: null };
  if (end.by === null) return resultOf({ ...measured, stoppedBy: null, reason: "", code: end.exitCode });
  if (end.by === "refused") return { ...refusedRun("refused", end.reason), ...printed, wallMs: end.wallMs };
  return resultOf({ ...measured, stoppedBy: end.by, reason: end.reason, code: null });
}
