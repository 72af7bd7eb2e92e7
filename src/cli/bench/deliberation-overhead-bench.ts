import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import type { DeliberationJob, DeliberationReport } from "../../deliberation/application/job.ts";
import { runDeliberation } from "../../deliberation/application/run-deliberation.ts";
import type { DeliberationDeps } from "../../deliberation/application/session.ts";
import type { Sandbox } from "../../execution/application/ports.ts";
import { createInstallDependencies } from "../../execution/infrastructure/install-dependencies.ts";
import { openSandbox } from "../../execution/infrastructure/open-sandbox.ts";
import { removeDirectory } from "../../execution/infrastructure/remove-directory.ts";
import { openReportFolder } from "../../execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../../execution/infrastructure/secret-scan.ts";
import { takeTurns } from "../../execution/infrastructure/take-turns.ts";
import { createWorktrees } from "../../execution/infrastructure/worktrees.ts";
import { validatePlan } from "../../planning/domain/plan.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { createModelHosts } from "../../platform/models/create-model-hosts.ts";
import { createCouncilChecks } from "../../wiring/council-checks.ts";
import { createCouncilWorkspaces } from "../../wiring/council-workspaces.ts";
import { openPrompting } from "../../wiring/open-prompting.ts";
import { runsAtOnce } from "../../wiring/runs-at-once.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { type BusyTime, createBusyTime } from "./busy-time.ts";
import { councilJob, makeSampleMirror } from "./council-job.ts";
import { startSlowModel } from "./slow-model.ts";
import { median } from "./statistics.ts";

export type OverheadOptions = {
  /** How long the model server takes for an answer; milliseconds. */
  readonly latencyMs?: number;
  /** Deliberations one after the other, whose overhead is measured. */
  readonly rounds?: number;
  /** Deliberations whose memory is watched, and how many of them at once; the sandbox bounds how many run commands. */
  readonly crowd?: number;
  readonly atOnce?: number;
};

/** At most this share of a deliberation's wall time may be neither the model's nor the tests'. */
const aim = 0.03;

/**
 * The wall time of a deliberation against the part of it in which a model answers or a command of the check matrix runs:
 * what is left is ours, with what the sandbox does before and after a command (owners, disk, mounts); what bubblewrap does
 * between its start and the command's is told by the bench `sandbox`. The model is the rehearsal with a fixed latency; the
 * sandbox, git and the tests are real. Then many deliberations at once pass through this process, and its memory is read.
 */
export async function deliberationOverheadBench(options: OverheadOptions = {}): Promise<BenchResult> {
  const { latencyMs = 5_000, rounds = 5, crowd = 64, atOnce = 64 } = options;
  const directory = await mkdtemp(join(tmpdir(), "bench-overhead-"));
  // The sandbox runs as another user where this process is root.
  await chmod(directory, 0o711);
  const busy = { current: createBusyTime() };
  const model = await startSlowModel(latencyMs, current(busy));
  const fast = await startSlowModel(0, createBusyTime());
  try {
    const source = await makeSampleMirror(directory);
    const deps = await openDeps(directory, [model.url, fast.url], current(busy));
    const shares: number[] = [];
    const walls: number[] = [];
    const busies: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      busy.current = createBusyTime();
      const job = await councilJob(round + 1, model.url, source);
      const started = performance.now();
      await deliberate(deps, job);
      const wall = performance.now() - started;
      walls.push(wall);
      busies.push(busy.current.total());
      shares.push((wall - busy.current.total()) / wall);
    }
    const memory = await watchMemory(crowd, atOnce, async (number) =>
      deliberate(deps, await councilJob(1_000 + number, fast.url, source)),
    );
    return benchResult({
      bench: "deliberation-overhead",
      ours: Math.round(median(walls)),
      reference: Math.round(median(busies)),
      unit: "ms",
      detail: { overhead: Math.round(median(shares) * 1_000) / 1_000, aim, latencyMs, rounds, memory },
    });
  } finally {
    await Promise.all([model.close(), fast.close()]);
    await removeDirectory(directory);
  }
}

/** Resident memory after the first eighth and at the end, in MiB: what grows with every deliberation shows itself. */
async function watchMemory(crowd: number, atOnce: number, run: (number: number) => Promise<void>) {
  const limit = pLimit(atOnce);
  const resident = () => Math.round(process.memoryUsage.rss() / 1024 ** 2);
  const early = Math.max(1, Math.floor(crowd / 8));
  let [done, earlyMb, peakMb] = [0, 0, 0];
  await Promise.all(
    Array.from({ length: crowd }, (_, number) =>
      limit(async () => {
        await run(number);
        done += 1;
        peakMb = Math.max(peakMb, resident());
        if (done === early) earlyMb = resident();
      }),
    ),
  );
  return { deliberations: crowd, atOnce, sandboxRunsAtOnce: runsAtOnce(undefined), earlyMb, endMb: resident(), peakMb };
}

function current(busy: { readonly current: BusyTime }): BusyTime {
  return {
    during: (work) => busy.current.during(work),
    ended: (ms) => busy.current.ended(ms),
    total: () => busy.current.total(),
  };
}

async function deliberate(deps: DeliberationDeps, job: DeliberationJob): Promise<void> {
  const ends: DeliberationReport[] = [];
  await runDeliberation(deps, job, {
    signal: new AbortController().signal,
    saved: null,
    save: async () => {},
    report: async (report) => {
      if (report.kind !== "progress") ends.push(report);
    },
  });
  const [end] = ends;
  if (end?.kind === "finished" && end.outcome.kind === "implementation" && end.outcome.winner !== null) return;
  throw new Error(
    `The deliberation of the bench has no winner: ${end?.kind === "failed" ? end.reason : "nobody passed"}`,
  );
}

async function openDeps(directory: string, hosts: readonly string[], busy: BusyTime): Promise<DeliberationDeps> {
  const logger = createLogger({ level: "silent", format: "json" });
  const worktrees = createWorktrees({ root: join(directory, "worktrees"), logger });
  const workspaces = createCouncilWorkspaces(worktrees);
  const opened = await openSandbox({ choice: undefined, logger });
  const timed: Sandbox = {
    ...opened,
    async run(run) {
      const result = await opened.run(run);
      busy.ended(result.wallMs);
      return result;
    },
  };
  const sandbox = takeTurns(timed, runsAtOnce(undefined));
  return {
    models: createModelHosts({ hosts, logger, timeoutMs: 60_000, concurrencyPerHost: 256 }),
    workspaces,
    checks: createCouncilChecks({
      ...{ sandbox, worktrees, workspaces, openReportFolder, scanSecrets },
      install: createInstallDependencies({ root: join(directory, "packages") }),
      migrate: async () => ({ kind: "not-run", reason: "There are no migrations here." }),
      toolchains: async () => ({ readOnly: [], path: [], env: {} }),
    }),
    prompting: await openPrompting(),
    validatePlan,
    clock: Date.now,
  };
}
