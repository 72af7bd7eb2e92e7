import type { Role } from "../../kernel/roles.ts";
import {
  type Acceptance,
  acceptanceCell,
  acceptanceOf,
  checkCell,
  notRun,
  policyCells,
  regressionCell,
} from "../domain/check-cells.ts";
import type { CheckCell, CheckRow, TestResult } from "../domain/check-matrix.ts";
import type { CheckResult, Checks, TestRunner } from "../domain/checks/checks.ts";
import type { FileChange } from "../domain/file-change.ts";
import { checkPolicy, type PolicyFinding, type SizeLimits } from "../domain/policy/check-policy.ts";
import type { PathConfiguration } from "../domain/policy/may-write.ts";
import type { SecretScan, Worktree, Worktrees } from "./ports.ts";
import { type CheckRun, runChecks } from "./run-checks.ts";
import { runTestFiles } from "./run-test-files.ts";

/** Test files of the qa member: they are put into the work tree for their own run only. */
export type AcceptanceTests = {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** The names of the tests that failed on the base commit (`keptAcceptanceTests`). */
  readonly kept: readonly string[];
};

export type CandidateCheck = Omit<CheckRun, "worktree"> & {
  readonly worktrees: Worktrees;
  readonly scanSecrets: SecretScan;
  readonly worktree: Worktree;
  /** Column "applies" (`appliesCell`), known from applying the edits. */
  readonly applies: CheckCell;
  readonly role: Role;
  readonly checks: Checks;
  /** The test results of the base commit; null when it has none. */
  readonly base: readonly TestResult[] | null;
  readonly acceptance: AcceptanceTests | null;
  readonly paths?: PathConfiguration;
  readonly sizeLimits?: Partial<SizeLimits>;
};

export type CheckedCandidate = {
  readonly row: CheckRow;
  readonly changes: readonly FileChange[];
  readonly findings: readonly PolicyFinding[];
  /** Every test of the project, for behavioural clusters and feedback. */
  readonly tests: readonly TestResult[];
  readonly acceptance: Acceptance;
  /** The tree that was checked; null when the work tree cannot be read. */
  readonly tree: string | null;
};

/**
 * Fills one row of the check matrix (COUNCIL.md, step 4). The changes and the tree are taken before anything runs, so
 * that what a test writes is never published. Never throws for what a candidate does.
 */
export async function checkCandidate(check: CandidateCheck): Promise<CheckedCandidate> {
  const { worktree, worktrees, applies } = check;
  const started = performance.now();
  const read = await worktrees.changesOf(worktree);
  const changes = read.readable ? read.changes : [];
  const findings = await policyFindings(check, changes);
  const cells = policyCells(findings, Math.round(performance.now() - started));
  const nothing = { passed: 0, kept: check.acceptance?.kept.length ?? 0, failed: [] };
  const stopped = stopReason(check, read, findings);
  if (stopped !== null) {
    const waiting = notRun(stopped);
    const row = { applies, builds: waiting, lint: waiting, regressions: waiting, acceptance: waiting, ...cells };
    const unreadable = read.readable
      ? {}
      : { policy: { ...cells.policy, verdict: "fail" as const, reason: read.reason } };
    return { row: { ...row, ...unreadable }, changes, findings, tests: [], acceptance: nothing, tree: null };
  }
  const tree = await worktrees.treeOf(worktree);
  const run: CheckRun = { ...check, worktree: worktree.directory };
  const results = await runChecks({ ...run, checks: check.checks });
  const test = results.find(({ name }) => name === "test");
  const accepted = await runAcceptance(check, run);
  const row: CheckRow = {
    applies,
    builds: checkCell(results, "build"),
    lint: checkCell(results, "lint"),
    regressions: regressionCell(check.base, test),
    acceptance: accepted.cell,
    ...cells,
  };
  return { row, changes, findings, tests: test?.tests ?? [], acceptance: accepted.acceptance, tree };
}

async function policyFindings(
  check: CandidateCheck,
  changes: readonly FileChange[],
): Promise<readonly PolicyFinding[]> {
  const texts = changes.flatMap(({ path, content, mode }) =>
    content === null || mode === "120000" ? [] : [{ path, text: Buffer.from(content, "base64").toString("utf8") }],
  );
  return checkPolicy({
    role: check.role,
    changes,
    secrets: await check.scanSecrets(texts),
    ...(check.paths === undefined ? {} : { configuration: check.paths }),
    ...(check.sizeLimits === undefined ? {} : { limits: check.sizeLimits }),
  });
}

/** Why nothing is run on this candidate. A broken policy does not stop the checks: the council learns from them. */
function stopReason(
  { applies }: CandidateCheck,
  read: Awaited<ReturnType<Worktrees["changesOf"]>>,
  findings: readonly PolicyFinding[],
): string | null {
  if (!read.readable) return read.reason;
  if (applies.verdict !== "pass") return "The edits do not apply.";
  if (read.changes.length === 0) return "The candidate changes nothing.";
  return findings.some(({ rule }) => rule === "path") ? "A path is not allowed at all." : null;
}

async function runAcceptance(
  check: CandidateCheck,
  run: CheckRun,
): Promise<{ cell: CheckCell; acceptance: Acceptance }> {
  const { acceptance: wanted, worktree, worktrees } = check;
  const kept = wanted?.kept ?? [];
  if (wanted === null || kept.length === 0) {
    const none = acceptanceOf([], []);
    return { cell: acceptanceCell(none, 0), acceptance: none };
  }
  const result = await runAcceptanceTests({
    ...run,
    worktree,
    worktrees,
    files: wanted.files,
    runner: check.checks.test?.runner ?? null,
  });
  const acceptance = acceptanceOf(kept, result.tests ?? []);
  if (result.verdict === "not-run") return { cell: { ...notRun(result.reason), ms: result.wallMs }, acceptance };
  return { cell: acceptanceCell(acceptance, result.wallMs), acceptance };
}

/**
 * Puts acceptance tests into a work tree, runs only these, and takes them out again. On the base commit this tells which
 * of them are worth keeping. A file that the candidate has in the same place is replaced for the run and restored.
 */
export async function runAcceptanceTests(
  run: Omit<CheckRun, "worktree"> & {
    readonly worktree: Worktree;
    readonly worktrees: Worktrees;
    readonly files: AcceptanceTests["files"];
    readonly runner: TestRunner | null;
  },
): Promise<CheckResult> {
  const files = run.worktrees.filesOf(run.worktree);
  const before: { readonly path: string; readonly text: string | null }[] = [];
  try {
    for (const { path, text } of run.files) {
      const old = await files.read(path);
      const written = old.kind === "refused" ? old : await files.write(path, text);
      if ("reason" in written)
        return { name: "test", verdict: "not-run", reason: `${path}: ${written.reason}`, wallMs: 0 };
      before.push({ path, text: old.kind === "text" ? old.text : null });
    }
    const { runner, worktree } = run;
    const some = { ...run, worktree: worktree.directory, files: run.files.map(({ path }) => path) };
    return await runTestFiles({ ...some, runner: runner ?? "node-test" });
  } finally {
    for (const { path, text } of before) await (text === null ? files.remove(path) : files.write(path, text));
  }
}
