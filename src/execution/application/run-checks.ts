import type { TestResult } from "../domain/check-matrix.ts";
import {
  type CheckCommand,
  type CheckName,
  type CheckResult,
  type Checks,
  checkNames,
} from "../domain/checks/checks.ts";
import { cleanText, failureLines } from "../domain/checks/failure-lines.ts";
import { readTestReport } from "../domain/checks/test-reports.ts";
import type { Mount, OpenReportFolder, ReportFolder, Sandbox, SandboxLimits, SandboxResult } from "./ports.ts";
import { reportRequest } from "./report-request.ts";

export type CheckRun = {
  readonly sandbox: Sandbox;
  readonly openReportFolder: OpenReportFolder;
  /** The work tree's directory. */
  readonly worktree: string;
  /** Installed dependencies (`InstallOutcome.readOnly`). */
  readonly readOnly?: readonly Mount[];
  readonly limits?: Partial<SandboxLimits>;
  readonly signal?: AbortSignal;
  /** The project's own bundled candidates only. */
  readonly trusted?: boolean;
};

/**
 * Runs the checks in their order. What a failed install or build leaves to do is `not-run`, and so is everything where
 * the sandbox refuses; a test run is read test by test where its runner can tell.
 */
export async function runChecks(run: CheckRun & { readonly checks: Checks }): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  let blockedBy: CheckName | null = null;
  for (const name of checkNames) {
    const check = run.checks[name];
    if (check === undefined) continue;
    if (blockedBy !== null) {
      results.push({ name, verdict: "not-run", reason: `The ${blockedBy} did not pass.`, wallMs: 0 });
      continue;
    }
    const result = await runOne(run, name, check);
    results.push(result);
    if (result.verdict !== "pass" && (name === "install" || name === "build")) blockedBy = name;
  }
  return results;
}

/** Runs one command with the report of its runner, when it has one. */
export async function runOne(run: CheckRun, name: CheckName, check: CheckCommand): Promise<CheckResult> {
  const { sandbox, worktree, limits, signal, trusted } = run;
  const folder = check.runner === null ? null : await run.openReportFolder();
  try {
    const request = reportRequest(sandbox, worktree, check, folder);
    const result = await sandbox.run({
      worktree,
      command: request.command,
      env: { npm_config_update_notifier: "false", NO_COLOR: "1", ...request.env },
      readOnly: [...(run.readOnly ?? []), ...request.readOnly],
      writable: request.writable,
      ...(limits === undefined ? {} : { limits }),
      ...(signal === undefined ? {} : { signal }),
      ...(trusted === undefined ? {} : { trusted }),
    });
    const tests = name === "test" ? await testsOf(run, check, result, folder) : null;
    return { ...judge(name, result, tests), ...(tests === null ? {} : { tests }) };
  } finally {
    await folder?.dispose();
  }
}

async function testsOf(
  run: CheckRun,
  check: CheckCommand,
  result: SandboxResult,
  folder: ReportFolder | null,
): Promise<readonly TestResult[] | null> {
  if (result.endedBy === "refused" || result.endedBy === "aborted") return null;
  const text = (await folder?.read("report.json")) ?? null;
  const report =
    text === null || check.runner === null
      ? null
      : readTestReport(check.runner, text, run.sandbox.pathInside(run.worktree));
  if (report !== null && report.length > 0) return report;
  const passed = result.exitCode === 0;
  return [{ name: check.command, verdict: passed ? "pass" : "fail", reason: passed ? null : reasonOf(result, null) }];
}

function judge(name: CheckName, result: SandboxResult, tests: readonly TestResult[] | null): CheckResult {
  const { wallMs } = result;
  if (result.endedBy === "refused" || result.endedBy === "aborted") {
    return { name, verdict: "not-run", reason: cleanText(result.reason), wallMs };
  }
  if (result.exitCode === 0 && tests?.some(({ verdict }) => verdict === "fail") !== true) {
    return { name, verdict: "pass", reason: "", wallMs };
  }
  const cutShort = result.endedBy === "exit" ? {} : { cutShort: true };
  return { name, verdict: "fail", reason: reasonOf(result, tests), wallMs, ...cutShort };
}

function reasonOf(result: SandboxResult, tests: readonly TestResult[] | null): string {
  if (result.endedBy !== "exit") return `The command ${result.reason}.`;
  const failed = (tests ?? []).filter(({ verdict }) => verdict === "fail");
  if (failed.length > 0) {
    const shown = failed.slice(0, 3).map((test) => (test.reason === null ? test.name : `${test.name}: ${test.reason}`));
    return cleanText(shown.join("\n"), 500);
  }
  // Linters and compilers write their findings to either stream.
  const lines = failureLines(`${result.stderr}\n${result.stdout}`);
  return lines === "" ? `The command ${result.reason}.` : lines;
}
