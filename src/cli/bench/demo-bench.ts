import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { readDemoSummary } from "./demo-summary.ts";
import { type FleetProcess, startFleetProcess } from "./fleet-process.ts";
import { readProcessUsage } from "./process-usage.ts";

/** What the demo aims at on two cores: milliseconds, writes that create content, MiB of the process. */
const aims = { ms: 45_000, contentWritesPerTask: 12, peakMb: 350, idleMb: 250 } as const;

/** Between two looks at a process, in milliseconds. */
const lookMs = 200;
/** A process is quiet that used less than this of one core for two seconds. */
const quietTicks = 6;
const startMs = 60_000;

/**
 * The demo's wall time from the start of its process to its end, against the aim; with its writes to GitHub, its peak
 * memory, and the memory of an idle `fleet up`. Memory is that of the fleet's process, without the Valkey beside it.
 *
 * @throws {Error} when the demo's story is not done, or an idle fleet does not become ready and quiet
 */
export async function demoBench(): Promise<BenchResult> {
  const directory = await mkdtemp(join(tmpdir(), "bench-demo-"));
  try {
    const demo = await runDemo(join(directory, "demo"));
    const idleMb = await measureIdle(join(directory, "idle"));
    const { contentWrites, contentWritesPerTask, queue, tasks, peakMb, ms, roadMs } = demo;
    return benchResult({
      bench: "demo",
      ours: ms,
      reference: aims.ms,
      unit: "ms",
      detail: { roadMs, tasks: tasks.length, contentWrites, contentWritesPerTask, peakMb, idleMb, queue, aims },
    });
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runDemo(dataDir: string) {
  const began = performance.now();
  const demo = startFleetProcess(["demo", "--json"], { FLEET_DATA_DIR: dataDir });
  let peakMb = 0;
  const code = await ended(demo, async () => {
    peakMb = (await readProcessUsage(demo.pid))?.peakMb ?? peakMb;
  });
  const ms = Math.round(performance.now() - began);
  const summary = readDemoSummary(demo.output());
  if (code !== 0) throw new Error(`The demo ended with ${code}; its story is ${summary.story.state}.`);
  return { ...summary, ms, roadMs: summary.ms, peakMb: Math.max(peakMb, summary.peakMemoryMb) };
}

/** Looks at a process again and again until it has ended. */
async function ended({ exited }: FleetProcess, look: () => Promise<void>): Promise<number | null> {
  for (;;) {
    const outcome = await Promise.race([exited.then((code) => ({ code })), wait(lookMs, null)]);
    if (outcome !== null) return outcome.code;
    await look();
  }
}

/** What is resident of a fleet that is ready and has nothing to do, in MiB; null where there is no `/proc`. */
async function measureIdle(dataDir: string): Promise<number | null> {
  const port = await freePort();
  const fleet = startFleetProcess(["up"], { FLEET_DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: "fatal" });
  try {
    const deadlineAt = Date.now() + startMs;
    while (!(await isReady(port))) await untilNextLook(fleet, deadlineAt, lookMs);
    for (;;) {
      const before = await readProcessUsage(fleet.pid);
      await untilNextLook(fleet, deadlineAt, 2_000);
      const after = await readProcessUsage(fleet.pid);
      if (before === null || after === null) return null;
      if (after.cpuTicks - before.cpuTicks < quietTicks) return after.residentMb;
    }
  } finally {
    fleet.child.kill("SIGTERM");
    await fleet.exited;
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch {
    return false;
  }
}

async function untilNextLook({ exited }: FleetProcess, deadlineAt: number, ms: number): Promise<void> {
  const over = await Promise.race([exited.then(() => "ended"), wait(ms, null)]);
  if (over !== null) throw new Error("The idle fleet ended by itself.");
  if (Date.now() > deadlineAt) throw new Error(`The idle fleet was not ready and quiet within ${startMs} ms.`);
}
