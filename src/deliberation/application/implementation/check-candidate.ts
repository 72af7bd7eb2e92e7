import { createHash } from "node:crypto";
import type { FileChange } from "../../domain/candidate.ts";
import { type CheckName, type CheckResult, plainCheck } from "../../domain/check-result.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import { resultsOf } from "../../domain/test-verdicts.ts";
import type { TestRun, Workspace, WorkspaceChange } from "../ports.ts";
import type { BaseRun, Checked, Draft } from "../saved-state.ts";
import type { Session } from "../session.ts";
import { type AcceptanceResult, acceptanceCell } from "./acceptance-cell.ts";
import { appliesCell, commandCell, policyCells, regressionCell } from "./check-cells.ts";
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
