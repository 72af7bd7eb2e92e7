import type { FileChange } from "../../domain/candidate.ts";
import { type CheckName, type CheckResult, plainCheck } from "../../domain/check-result.ts";
import { dryRunOf } from "../../domain/dry-run.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import type { TestedCriteria } from "../../domain/test-first.ts";
import { resultsOf } from "../../domain/test-verdicts.ts";
import { actingRole, writesTests } from "../acting-role.ts";
import type { DeliberationJob } from "../job.ts";
import type { Prompting, TestRun, Workspace, WorkspaceChange } from "../ports.ts";
import type { Checked, Draft } from "../saved-state.ts";
import type { Session } from "../session.ts";
import { type AcceptanceResult, acceptanceCell, countedTest } from "./acceptance-cell.ts";
import { appliesCell, withOutdated } from "./check-cells.ts";
import { checkNewTests } from "./check-new-tests.ts";
import type { LaidChange } from "./lay-change.ts";
import type { MatrixRun } from "./matrix-run.ts";
import { measureChange } from "./measure-change.ts";
import type { Ahead } from "./open-ahead.ts";
import { type MatrixRow, notRun } from "./run-matrix.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

/** What the candidates of one deliberation are measured by. */
export type Yardstick = Pick<MatrixRun, "base" | "rerunBase"> & { readonly acceptance: readonly AcceptanceTest[] };

/**
 * One row of the matrix (COUNCIL.md step 4): every check is run on the candidate's change in its checkout, which is closed
 * at the end. The acceptance tests are put in place by us, over whatever the candidate has at their paths.
 */
export async function checkCandidate(
  session: Session,
  draft: Draft,
  laid: Ahead<LaidChange>,
  { base, rerunBase, acceptance }: Yardstick,
  signal: AbortSignal,
): Promise<Checked> {
  const { job, deps } = session;
  const { checks, prompting } = deps;
  try {
    const change = await laid.ready();
    const { changes, tree, diff } = change;
    const kept = acceptance.filter(({ status }) => status === "kept");
    const options = runOptions(session, signal);
    const {
      row: run,
      diffLines,
      ...own
    } = await measureChange(
      change,
      { role: actingRole(job), configuration: job.policy },
      {
        checks,
        options,
        base,
        rerunBase,
        dryRun: dryRunOf(job.task),
        acceptance: kept.map(({ path }) => path),
        placeAcceptance: (into) => placeTests(into, kept),
        addsTests: writesTests(job),
      },
    );
    const { accepted, blocked, added } = run;
    const results = accepted === null ? [] : kept.map((test) => resultOf(test, accepted));
    const accept =
      blocked ??
      (writesTests(job)
        ? await checkNewTests(
            {
              ...{ checks, options, policy: job.policy, criteria: criteriaOf(job) },
              open: () => openWorkspace(session, job.source?.startSha ?? "", `base-${draft.id}`),
            },
            { changes, added },
          )
        : acceptanceCell(kept.map(countedTest), results, accepted));
    const regressions = withOutdated(run.regressions, run.outdated, accept);
    const cells = [own.applies, run.builds, run.lint, run.dryRun, regressions, accept, own.policy, own.size];
    return {
      ...rowOf(session, draft),
      summary: draft.summary || (await summaryOf(draft, prompting)),
      changes: changes.flatMap(asPublishable),
      treeHash: tree,
      diff,
      diffLines,
      checks: await Promise.all(cells.map((cell) => shownCell(cell, prompting))),
      behaviour: run.behaviour,
      acceptance: results,
    };
  } finally {
    await laid.close();
  }
}

async function placeTests(workspace: Workspace, kept: readonly AcceptanceTest[]): Promise<string | null> {
  for (const { path, content } of kept) {
    const refused = await workspace.write(path, content);
    if (refused !== null) return refused;
  }
  return null;
}

/** A row whose checks could not be run at all. */
export function unchecked(session: Session, draft: Draft, why: string): Checked {
  const run: MatrixRow = notRun(why, dryRunOf(session.job.task));
  const names: readonly CheckName[] = ["acceptance", "policy", "size"];
  const cells = [appliesCell(draft.problem), run.builds, run.lint, run.dryRun, run.regressions];
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

async function shownCell(cell: CheckResult, prompting: Prompting): Promise<CheckResult> {
  return { ...cell, detail: (await prompting.redact(cell.detail)).slice(0, 4_000) };
}

/** The first sentence outside of code that the member wrote: shown to people as its own words, without secrets. */
async function summaryOf({ answers }: Draft, prompting: Prompting): Promise<string> {
  const prose = (answers.at(-1) ?? "")
    .replace(/(`{3,})[\s\S]*?(?:\1|$)/g, "\n")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /\s/.test(line) && line.length > 15);
  return (await prompting.redact(prose[0] ?? "")).slice(0, 1_000);
}

function criteriaOf({ task, story }: DeliberationJob): TestedCriteria {
  const numbers = story.criteria.map(({ number }) => number);
  const covers = numbers.filter((number) => task?.covers.includes(number) === true);
  return { covers, missing: task?.code?.missing ?? [], there: task?.code?.there ?? [] };
}
