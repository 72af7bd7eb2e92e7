import { createHash } from "node:crypto";
import type { FileChange } from "../../domain/candidate.ts";
import { type CheckName, type CheckResult, plainCheck } from "../../domain/check-result.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import { regressions, resultsOf } from "../../domain/test-verdicts.ts";
import type { CommandRun, TestRun, Workspace, WorkspaceChange } from "../ports.ts";
import type { BaseRun, Checked, Draft } from "../saved-state.ts";
import type { Session } from "../session.ts";
import { type AcceptanceResult, acceptanceCell } from "./acceptance-cell.ts";
import { applyAnswers } from "./draft-candidate.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

const maxDiff = 60_000;

/**
 * One row of the matrix (COUNCIL.md step 4): the candidate is built anew from its answers in a fresh checkout, and every
 * check is run on it. The acceptance tests are put in place by us, over whatever the candidate has at their paths.
 */
export async function checkCandidate(
  session: Session,
  draft: Draft,
  base: BaseRun,
  acceptance: readonly AcceptanceTest[],
  signal: AbortSignal,
): Promise<Checked> {
  const { job } = session;
  const workspace = await openWorkspace(session, job.source?.startSha ?? "", `check-${draft.id}`);
  try {
    const existing = await workspace.list();
    await applyAnswers(workspace, draft.answers);
    const read = await workspace.changes();
    const changes = read.readable ? read.changes : [];
    const applies = appliesCell(
      draft,
      read.readable ? (changes.length === 0 ? "The answer changes nothing." : null) : read.reason,
    );
    const policy = await policyCells(session, changes, existing);
    const run =
      applies.status === "passed"
        ? await runChecks(session, workspace, base, acceptance, signal)
        : notRun("The edits do not apply.");
    const cells = [applies, run.builds, run.lint, run.regressions, run.acceptance, policy.policy, policy.size];
    return {
      ...rowOf(session, draft),
      summary: session.deps.prompting.redact(summaryOf(draft.answers.at(-1) ?? "")),
      changes: changes.flatMap(asPublishable),
      treeHash: changes.length === 0 ? null : run.tree,
      diff: run.diff,
      diffLines: changes.reduce((sum, { added, deleted }) => sum + added + deleted, 0),
      checks: cells.map((cell) => ({ ...cell, detail: session.deps.prompting.redact(cell.detail).slice(0, 4_000) })),
      behaviour: run.behaviour,
      acceptance: [...run.results],
    };
  } finally {
    await workspace.close();
  }
}

/** A row whose checks could not be run at all. */
export function unchecked(session: Session, draft: Draft, why: string): Checked {
  const run = notRun(why);
  const names: readonly CheckName[] = ["policy", "size"];
  const cells = [appliesCell(draft, null), run.builds, run.lint, run.regressions, run.acceptance];
  return {
    ...rowOf(session, draft),
    summary: "",
    changes: [],
    treeHash: null,
    diff: "",
    diffLines: 0,
    checks: [...cells, ...names.map((name) => plainCheck(name, "not-run", why))],
    behaviour: null,
    acceptance: [],
  };
}

type Row = Pick<Checked, "id" | "member" | "model" | "temperature" | "revises" | "tokens">;

function rowOf({ job }: Session, draft: Draft): Row {
  const member = job.members.find(({ number }) => number === draft.member);
  const { id, revises, tokens } = draft;
  return {
    id,
    member: draft.member,
    model: member?.model ?? "",
    temperature: member?.temperature ?? 0,
    revises,
    tokens,
  };
}

type Run = {
  readonly builds: CheckResult;
  readonly lint: CheckResult;
  readonly regressions: CheckResult;
  readonly acceptance: CheckResult;
  readonly results: readonly AcceptanceResult[];
  readonly behaviour: string | null;
  readonly tree: string | null;
  readonly diff: string;
};

function notRun(why: string): Run {
  const cell = (name: CheckName): CheckResult => plainCheck(name, "not-run", why);
  return {
    builds: cell("builds"),
    lint: cell("lint"),
    regressions: cell("regressions"),
    acceptance: cell("acceptance"),
    results: [],
    behaviour: null,
    tree: null,
    diff: "",
  };
}

async function runChecks(
  session: Session,
  workspace: Workspace,
  base: BaseRun,
  acceptance: readonly AcceptanceTest[],
  signal: AbortSignal,
): Promise<Run> {
  const { checks, prompting } = session.deps;
  const options = runOptions(session, signal);
  // Taken before anything runs: what a build or a test leaves behind is no part of the change.
  const tree = await workspace.tree();
  const diff = prompting.redact(await workspace.diff(maxDiff)).slice(0, maxDiff);
  const { builds, lint } = await checks.commands(workspace, options);
  const built = {
    ...notRun("It does not build."),
    tree,
    diff,
    builds: commandCell("builds", builds),
    lint: commandCell("lint", lint),
  };
  if (builds.outcome === "failed") return built;
  const kept = acceptance.filter(({ status }) => status === "kept");
  const run = await checks.tests(workspace, null, options);
  const own = run.tests.filter((test) => !kept.some(({ path }) => resultsOf([test], path).length > 0));
  const regression = regressionCell(base, { ...run, tests: own }, kept);
  if (run.outcome === "not-run") {
    const blocked = plainCheck("acceptance", "not-run", run.reason);
    return { ...built, regressions: regression, acceptance: blocked };
  }
  for (const { path, content } of kept) {
    const refused = await workspace.write(path, content);
    if (refused !== null)
      return { ...built, regressions: regression, acceptance: plainCheck("acceptance", "failed", refused) };
  }
  const accepted =
    kept.length === 0
      ? null
      : await checks.tests(
          workspace,
          kept.map(({ path }) => path),
          options,
        );
  const results = accepted === null ? [] : kept.map((test) => resultOf(test, accepted));
  return {
    ...built,
    regressions: regression,
    acceptance: acceptanceCell(kept, results, accepted),
    results,
    behaviour: behaviourOf([...own, ...(accepted?.tests ?? [])]),
  };
}

function resultOf(test: AcceptanceTest, run: TestRun): AcceptanceResult {
  if (run.tests.length === 0) {
    return { id: test.id, verdict: run.outcome === "passed" ? "pass" : "fail", reason: run.reason };
  }
  const results = resultsOf(run.tests, test.path);
  const failed = results.find(({ verdict }) => verdict === "fail");
  if (failed !== undefined) return { id: test.id, verdict: "fail", reason: failed.reason?.slice(0, 500) ?? null };
  const passed = results.some(({ verdict }) => verdict === "pass");
  return { id: test.id, verdict: passed ? "pass" : "fail", reason: passed ? null : "It did not run." };
}

function appliesCell(draft: Draft, unreadable: string | null): CheckResult {
  const problem = draft.problem ?? unreadable;
  if (problem === null) return plainCheck("applies", "passed", "Every edit applies.");
  const first = problem.split("\n")[0] ?? "";
  return { ...plainCheck("applies", "failed", first), detail: problem.slice(0, 4_000) };
}

function commandCell(name: CheckName, run: CommandRun): CheckResult {
  const summary = run.reason === "" ? `It ${run.outcome === "passed" ? "passes" : run.outcome}.` : run.reason;
  return { ...plainCheck(name, run.outcome, summary), detail: run.output.slice(-4_000), ms: run.ms };
}

function regressionCell(base: BaseRun, run: TestRun, kept: readonly AcceptanceTest[]): CheckResult {
  const cell = (status: CheckResult["status"], summary: string, failing: readonly string[] = []): CheckResult => ({
    ...plainCheck("regressions", status, summary),
    detail: status === "failed" ? run.output.slice(-4_000) : "",
    failing: failing.slice(0, 50).map((name) => name.slice(0, 300)),
    passed: run.tests.length === 0 ? null : run.tests.filter(({ verdict }) => verdict === "pass").length,
    total: run.tests.length === 0 ? null : run.tests.length,
    ms: run.ms,
  });
  if (run.outcome === "skipped" || run.outcome === "not-run") return cell(run.outcome, run.reason);
  if (run.tests.length === 0) {
    if (run.outcome === "passed") return cell("passed", "The existing tests pass.");
    const before =
      base.outcome === "failed" ? " They fail on the base as well, and the runner does not say which." : "";
    return cell("failed", `The existing tests fail.${before}`);
  }
  const passing = base.passing.filter((name) => !kept.some(({ path }) => name.includes(path)));
  const broken = regressions({ ...base, passing }, run.tests);
  if (broken.length > 0) return cell("failed", `${broken.length} of ${run.tests.length} existing tests break`, broken);
  const failing = run.tests.filter(({ verdict }) => verdict === "fail").length;
  if (failing > 0) return cell("passed", `Nothing breaks; ${failing} tests failed before as well.`);
  // All single tests pass and the runner still fails only where an acceptance test of the branch does, or it crashed.
  const crashed = run.outcome === "failed" && base.outcome === "passed" && kept.length === 0;
  if (crashed) return cell("failed", run.reason);
  return cell("passed", `All ${run.tests.length} existing tests pass.`);
}

async function policyCells(
  session: Session,
  changes: readonly WorkspaceChange[],
  existing: readonly string[],
): Promise<{ policy: CheckResult; size: CheckResult }> {
  const { job, deps } = session;
  const role = job.task?.role ?? "developer";
  const found = await deps.checks.policy(changes, { role, configuration: job.policy, existing });
  const cell = (name: CheckName, findings: readonly string[], fine: string): CheckResult => ({
    ...plainCheck(name, findings.length === 0 ? "passed" : "failed", findings[0] ?? fine),
    detail: findings.join("\n").slice(0, 4_000),
    failing: findings.slice(1, 50).map((finding) => finding.slice(0, 300)),
  });
  const lines = changes.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  return {
    policy: cell("policy", found.policy, "No finding."),
    size: cell("size", found.size, `${changes.length} files, ${lines} lines.`),
  };
}

/** What may be published. A symlink, a submodule or a file that was not read is left out: its policy finding stops it. */
function asPublishable(change: WorkspaceChange): readonly FileChange[] {
  const { path, mode, content } = change;
  if (mode !== "100644" && mode !== "100755") return [];
  if (change.change === "deleted") return [{ path, mode, content: null }];
  return content === null ? [] : [{ path, mode, content }];
}

/** The first sentence outside of code that the member wrote: shown to people as its own words. */
function summaryOf(answer: string): string {
  const prose = answer
    .replace(/(`{3,})[\s\S]*?(?:\1|$)/g, "\n")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /\s/.test(line) && line.length > 15);
  return (prose[0] ?? "").slice(0, 1_000);
}

function behaviourOf(tests: readonly { readonly name: string; readonly verdict: string }[]): string | null {
  if (tests.length === 0) return null;
  const lines = tests.map(({ name, verdict }) => `${verdict} ${name}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
