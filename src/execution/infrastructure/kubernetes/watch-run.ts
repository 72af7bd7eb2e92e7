import type { EndedBy, SandboxLimits } from "../../application/ports.ts";
import { sizeText } from "../size-text.ts";
import type { DiskWatch } from "../watch-disk.ts";
import { ApiFailure, type KubernetesApi } from "./kubernetes-api.ts";
import { lost, type PodState, podState } from "./pod-state.ts";
import type { StreamFiles } from "./stream-files.ts";

/** How often and how long the cluster is asked, in milliseconds. */
export type Patience = {
  /** Between the first two looks; later ones are up to ten times as far apart. */
  readonly pollMs: number;
  /** For a node, the image and the start. */
  readonly startMs: number;
  /** While the API does not answer. */
  readonly awayMs: number;
  /** For the pods to be gone. */
  readonly goneMs: number;
};

export type RunWatch = {
  readonly api: KubernetesApi;
  readonly job: string;
  readonly limits: SandboxLimits;
  readonly signal: AbortSignal | undefined;
  readonly disk: DiskWatch;
  readonly streams: Pick<StreamFiles, "written">;
  readonly patience: Patience;
};

/** How it ended: by the command's own exit code, or by a limit, the caller or the cluster. `wallMs`: since it was seen to run. */
export type WatchedEnd = { readonly wallMs: number } & ({ readonly by: null; readonly exitCode: number } | Stop);

type Stop = { readonly by: Exclude<EndedBy, "exit" | "signal">; readonly reason: string };

/**
 * Looks at a Job's pod until the command has ended or may not go on. It asks again instead of holding a stream open: what
 * breaks is one question, and the next one is answered by whatever is true then.
 */
export async function watchRun(watch: RunWatch): Promise<WatchedEnd> {
  const { limits, patience, signal, disk } = watch;
  const stop = new AbortController();
  const stops: Stop[] = [];
  let began: number | null = null;
  const end = (by: Stop["by"], reason: string): void => {
    stops.push({ by, reason });
    stop.abort();
  };
  const wallMs = () => (began === null ? 0 : Math.round(performance.now() - began));
  const abort = (): void => end("aborted", "was stopped by its caller");
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  let timer = setTimeout(() => end("refused", ""), patience.startMs);
  let why = "";
  const running = (): void => {
    if (began !== null) return;
    began = performance.now();
    clearTimeout(timer);
    timer = setTimeout(() => end("time", `ran longer than ${limits.wallMs / 1_000} s`), limits.wallMs);
    disk.start((reason) => end("disk", reason));
  };
  let answered = performance.now();
  try {
    for (let pauseMs = patience.pollMs; ; pauseMs = Math.min(patience.pollMs * 10, pauseMs * 1.5)) {
      const state = await look(watch, stop.signal).catch((error: unknown) => {
        if (!(error instanceof ApiFailure)) throw error;
        const silentMs = performance.now() - answered;
        if (!error.passing || silentMs > patience.awayMs)
          end("refused", `could not be watched: the cluster's API said: ${error.message}`);
        return null;
      });
      if (state !== null) answered = performance.now();
      if (state?.kind === "waiting") {
        why = state.why;
        if (state.hopeless) end("refused", `could not be started: ${why}`);
      }
      if (state?.kind === "running") running();
      const written = await watch.streams.written();
      if (written > limits.outputBytes) end("output", `wrote more than ${sizeText(limits.outputBytes)} of output`);
      const over = stops[0] ?? (state?.kind === "ended" ? state : null);
      if (over !== null) return asEnd(over, wallMs(), why);
      await pause(pauseMs, stop.signal);
    }
  } finally {
    clearTimeout(timer);
    disk.end();
    signal?.removeEventListener("abort", abort);
  }
}

function asEnd(over: Stop | Extract<PodState, { kind: "ended" }>, wallMs: number, why: string): WatchedEnd {
  if (over.by === null) return { by: null, exitCode: over.exitCode, wallMs };
  const waited = `could not be started in time${why === "" ? "" : `: ${why}`}`;
  return { by: over.by, reason: over.reason === "" ? waited : over.reason, wallMs };
}

async function look({ api, job }: RunWatch, signal: AbortSignal): Promise<PodState> {
  const pod = await api.podOf(job, signal);
  if (pod !== null) return podState(pod);
  // Before there is a pod, and after the cluster removed it: the Job says which.
  const failure = await api.failureOf(job, signal);
  if (failure === null) return { kind: "waiting", why: "it has no pod yet", hopeless: false };
  if (failure === "gone") return lost("somebody removed its Job");
  if (failure === "DeadlineExceeded") return { kind: "ended", by: "time", reason: "ran longer than its Job may" };
  return lost(`its Job has failed: ${failure}`);
}

/** Waits, or less where the signal comes first. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
