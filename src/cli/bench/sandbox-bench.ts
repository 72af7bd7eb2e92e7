import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../execution/application/ports.ts";
import { openSandbox } from "../../execution/infrastructure/open-sandbox.ts";
import { removeDirectory } from "../../execution/infrastructure/remove-directory.ts";
import { createLogger } from "../../platform/logging/create-logger.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { percentile } from "./statistics.ts";

export type SandboxBenchOptions = {
  /** Launches of each side. */
  readonly launches?: number;
  /** Files in the work tree: the sandbox hands them to its user and watches their size. */
  readonly files?: number;
};

/**
 * What the sandbox adds to a command: the p95 of launching `true` in it, against the same program as a plain child, in turn.
 * @throws {Error} where there is no sandbox
 */
export async function sandboxBench({ launches = 200, files = 200 }: SandboxBenchOptions = {}): Promise<BenchResult> {
  const sandbox = await openSandbox({
    choice: undefined,
    logger: createLogger({ level: "silent", format: "json" }),
  });
  if (sandbox.kind === "off") throw new Error("The bench sandbox needs a sandbox: install bubblewrap.");
  const worktree = await mkdtemp(join(tmpdir(), "bench-sandbox-"));
  try {
    for (let at = 0; at < files; at += 1) await writeFile(join(worktree, `${at}.txt`), "a line\n".repeat(100));
    const sandboxed: number[] = [];
    const plain: number[] = [];
    // The first ones fill caches on both sides.
    for (let at = -5; at < launches; at += 1) {
      const [ours, theirs] = [await inSandbox(sandbox, worktree), await asChild(worktree)];
      if (at < 0) continue;
      sandboxed.push(ours);
      plain.push(theirs);
    }
    const each = (percent: number) => ({
      sandboxed: round(percentile(sandboxed, percent)),
      plain: round(percentile(plain, percent)),
    });
    return benchResult({
      bench: "sandbox",
      ours: each(95).sandboxed,
      reference: each(95).plain,
      unit: "ms p95 per launch",
      detail: { sandbox: sandbox.kind, launches, files, p50: each(50), p99: each(99) },
    });
  } finally {
    await removeDirectory(worktree);
  }
}

async function inSandbox(sandbox: Sandbox, worktree: string): Promise<number> {
  const started = performance.now();
  const { exitCode, reason } = await sandbox.run({ worktree, command: ["true"] });
  if (exitCode !== 0) throw new Error(`The sandbox did not run "true": ${reason}`);
  return performance.now() - started;
}

async function asChild(worktree: string): Promise<number> {
  const started = performance.now();
  const child = spawn("true", { cwd: worktree, stdio: "ignore" });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`"true" ended with ${code}.`);
  return performance.now() - started;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
