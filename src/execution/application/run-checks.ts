import type { TestResult } from "../domain/check-matrix.ts";
import {
  type CheckCommand,
  type CheckName,
  type CheckResult,
  type Checks,
  checkNames,
} from "../domain/checks/checks.ts";
import { cleanText, failureLines } from "../domain/checks/failure-lines.ts";
import { missingPart } from "../domain/checks/missing-part.ts";
import { readTestReport, recognizeReport } from "../domain/checks/reports/test-reports.ts";
import type { Mount, OpenReportFolder, Sandbox, SandboxLimits, SandboxResult } from "./ports.ts";
import { reportRequest } from "./report-request.ts";

export type CheckRun = {
  readonly sandbox: Sandbox;
  readonly openReportFolder: OpenReportFolder;
  /** The work tree's directory. */
  readonly worktree: string;
  /** Installed dependencies (`InstallOutcome.readOnly`). */
  readonly readOnly?: readonly Mount[];
  /** Where in the work tree the commands run; absent: at its top. */
  readonly directory?: string;
  /** Variables and directories with programs, of the project's toolchain. */
  readonly env?: Readonly<Record<string, string>>;
  readonly path?: readonly string[];
  /** A line for the shell that prepares every command, such as one that fills a compiler's cache. */
  readonly before?: string;
  readonly limits?: Partial<SandboxLimits>;
  readonly signal?: AbortSignal;
  /** The project's own bundled candidates only. */
  readonly trusted?: boolean;
  /** With no other run of this process beside it. */
  readonly alone?: boolean;
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
  const { sandbox, worktree, limits, signal, trusted, alone, path, directory = "" } = run;
  const folder = name === "test" ? await run.openReportFolder() : null;
  try {
    const request =
      folder === null
        ? { command: check.command, env: {}, readOnly: [], writable: [] }
        : reportRequest(sandbox, worktree, check, folder);
    const result = await sandbox.run({
      worktree,
      command: [run.before ?? "", directory === "" ? "" : `cd ${quoted(directory)} || exit 1`, request.command]
        .filter((line) => line !== "")
        .join("\n"),
      env: { npm_config_update_notifier: "false", NO_COLOR: "1", ...run.env, ...request.env },
      readOnly: [...(run.readOnly ?? []), ...request.readOnly],
      writable: request.writable,
      ...(path === undefined ? {} : { path }),
      ...(limits === undefined ? {} : { limits }),
      ...(signal === undefined ? {} : { signal }),
      ...(trusted === undefined ? {} : { trusted }),
      ...(alone === undefined ? {} : { alone }),
    });
    const report = folder === null || !ended(result) ? "" : ((await folder.read("report")) ?? "");
    const printed = request.printsReport === true ? { ...result, stdout: report } : result;
    if (folder === null) return judge(name, printed, null);
    return testResult(run, check, printed, report);
  } finally {
    await folder?.dispose();
  }
}

/** A path of the work tree as one word of a shell's command line. */
export function quoted(path: string): string {
  return `'${`./${path}`.replaceAll("'", "'\\''")}'`;
}

/** Whether the command ran, however it ended. */
function ended({ endedBy }: SandboxResult): boolean {
  return endedBy !== "refused" && endedBy !== "aborted";
}

function testResult(run: CheckRun, check: CheckCommand, result: SandboxResult, report: string): CheckResult {
  const root = run.sandbox.pathInside(run.worktree);
  const read =
    check.runner === null ? recognizeReport(report, result.stdout, root) : readTestReport(check.runner, report, root);
  const tests = read !== null && read.length > 0 ? read.map((test) => placed(test, run.directory ?? "")) : null;
  const judged = judge("test", result, tests);
  if (judged.verdict === "not-run") return judged;
  // Python's runners have a status of their own for "there are no tests".
  const isPython = check.runner === "pytest" || check.runner === "unittest";
  if (tests === null && isPython && result.exitCode === 5) return { ...judged, verdict: "pass", reason: "", tests: [] };
  if (tests !== null) return { ...judged, tests };
  const verdict = result.exitCode === 0 ? "pass" : "fail";
  const reason = verdict === "pass" ? null : reasonOf(result, null);
  return { ...judged, untold: true, tests: [placed({ name: check.command, verdict, reason }, run.directory ?? "")] };
}

/** Runners name files from where they run; two projects of a repository may have tests of one name. */
function placed(test: TestResult, directory: string): TestResult {
  return directory === "" || test.name.startsWith(`${directory}/`)
    ? test
    : { ...test, name: `${directory}/${test.name}` };
}

function judge(name: CheckName, result: SandboxResult, tests: readonly TestResult[] | null): CheckResult {
  const { wallMs } = result;
  if (!ended(result)) {
    return { name, verdict: "not-run", reason: cleanText(result.reason), wallMs };
  }
  if (result.exitCode === 0 && tests?.some(({ verdict }) => verdict === "fail") !== true) {
    return { name, verdict: "pass", reason: "", wallMs };
  }
  const missing = result.endedBy === "exit" && tests === null ? missingPart(result) : null;
  if (missing !== null) return { name, verdict: "not-run", reason: missing, wallMs };
  const cutShort = result.endedBy === "exit" ? {} : { cutShort: true };
  const late = result.endedBy === "time" ? { late: true } : {};
  return { name, verdict: "fail", reason: reasonOf(result, tests), wallMs, ...cutShort, ...late };
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
