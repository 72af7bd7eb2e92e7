import pLimit from "p-limit";
import type { Role } from "../../../kernel/roles.ts";
import { type CheckResult, plainCheck } from "../../domain/check-result.ts";
import { dryRunOf } from "../../domain/dry-run.ts";
import { type Selection, type Standing, select } from "../../domain/select.ts";
import type { TestedCriteria } from "../../domain/test-first.ts";
import { withOutdated } from "../implementation/check-cells.ts";
import { checkNewTests } from "../implementation/check-new-tests.ts";
import { layChange } from "../implementation/lay-change.ts";
import { type Measured, measureChange } from "../implementation/measure-change.ts";
import { asBaseRun, createRerunBase, runTestsOnce } from "../implementation/run-base.ts";
import type { MatrixRow } from "../implementation/run-matrix.ts";
import type { PolicyConfiguration } from "../job.ts";
import type { Checks, Prompting, RunOptions, TestRun, Workspace, Workspaces } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";
import type { GivenCandidate, GivenTests } from "./given.ts";
import { brokenGiven, countedNames, givenCell, withBroken } from "./given-tests.ts";

export type ChooseDeps = {
  readonly checks: Checks;
  readonly workspaces: Workspaces;
  readonly prompting: Pick<Prompting, "redact">;
  /** Told what was done, one line at a time. */
  readonly say: (line: string) => void;
};

export type ChooseRequest = {
  /** A git directory that holds the commit; it is only read. */
  readonly mirror: string;
  readonly sha: string;
  readonly candidates: readonly GivenCandidate[];
  readonly tests: GivenTests | null;
  readonly options: RunOptions;
  readonly policy: PolicyConfiguration;
  /**
   * Whose candidates they are: its L1 rules hold, what such a role's tasks dry-run is dry-run, and qa's consist of tests,
   * which are measured as `newTestsCell` says, by no given tests.
   */
  readonly role: Role;
  /** Candidates that are checked at once. */
  readonly atOnce: number;
};

export type ChosenRow = Standing & {
  readonly source: string;
  readonly files: readonly string[];
  /** Tests that failed and passed on the same code. */
  readonly flaky: readonly string[];
  readonly ms: number;
};

export type Choice = {
  readonly rows: readonly ChosenRow[];
  readonly selection: Selection;
  /** `untold`: the test command names no single tests, and counts as one. */
  readonly base: BaseRun & { readonly untold: boolean };
  /** The given tests that count: those that do not pass on the base. */
  readonly acceptance: readonly string[];
  /** Why the given tests could not be tried on the base; null when they could. */
  readonly acceptanceProblem: string | null;
};

type Checked = Omit<ChosenRow, "checks"> & {
  readonly row: MatrixRow;
  readonly fixed: Fixed;
  /** The cell of a change that consists of tests; null where it does not. */
  readonly newTests: CheckResult | null;
};
type Fixed = Pick<Measured, "applies" | "policy" | "size">;
type OnBase = { readonly run: TestRun | null; readonly problem: string | null };

/**
 * Measures changes that somebody brought by the council's own matrix and selection (COUNCIL.md steps 4 and 6): no model,
 * no GitHub, no queue.
 */
export async function choose(deps: ChooseDeps, request: ChooseRequest): Promise<Choice> {
  const { checks, workspaces, say } = deps;
  const { mirror, sha, tests } = request;
  const about = [...request.candidates.flatMap(({ paths }) => paths), ...(tests?.files ?? [])];
  const options: RunOptions = { ...request.options, about };
  const open = (id: string): Promise<Workspace> => workspaces.open({ mirror, sha, id });

  const onBase = await runTestsOnce(checks, () => open("choose-base"), options);
  const base = asBaseRun(onBase, onBase);
  say(`base: ${baseLine(onBase)}`);
  const given = await givenOnBase(checks, tests, () => open("choose-tests"), options);
  if (given.run !== null) say(`given tests on the base: ${baseLine(given.run)}`);

  const rerunBase = createRerunBase(checks, () => open("choose-again"), options);
  const limit = pLimit(request.atOnce);
  const checked = await Promise.all(
    request.candidates.map((candidate, at) =>
      limit(async () => {
        const one = await checkOne(deps, request, candidate, await open(`choose-${at + 1}`), {
          base,
          rerunBase,
          options,
          withTests: given.problem === null,
          openBase: () => open(`choose-tests-${at + 1}`),
        });
        say(`${candidate.id}: ${one.fixed.applies.status === "passed" ? "checked" : one.fixed.applies.summary}`);
        return one;
      }),
    ),
  );
  const { run } = given;
  const names =
    run === null
      ? []
      : countedNames(
          run,
          checked.flatMap(({ row }) => row.accepted ?? []),
        );
  const rows = checked.map((one) => finish(one, names, given));
  return {
    rows,
    selection: select(rows),
    base: { ...base, untold: onBase.untold === true },
    acceptance: names,
    acceptanceProblem: given.problem,
  };
}

/** The given tests on the base: which of them pass there already. */
async function givenOnBase(
  checks: Checks,
  tests: GivenTests | null,
  open: () => Promise<Workspace>,
  options: RunOptions,
): Promise<OnBase> {
  if (tests === null) return { run: null, problem: null };
  const workspace = await open();
  try {
    const { problem } = await tests.apply(workspace);
    if (problem !== null) return { run: null, problem };
    const run = await checks.tests(workspace, tests.files, options);
    return run.outcome === "not-run" ? { run: null, problem: run.reason } : { run, problem: null };
  } finally {
    await workspace.close();
  }
}

async function checkOne(
  deps: ChooseDeps,
  { tests, role, policy: configuration }: ChooseRequest,
  candidate: GivenCandidate,
  workspace: Workspace,
  how: {
    readonly base: BaseRun;
    readonly rerunBase: () => Promise<readonly TestRun[]>;
    readonly options: RunOptions;
    readonly withTests: boolean;
    readonly openBase: () => Promise<Workspace>;
  },
): Promise<Checked> {
  const started = performance.now();
  const addsTests = role === "qa";
  try {
    const change = await layChange(workspace, deps.prompting, () => candidate.apply(workspace));
    const { row, diffLines, ...fixed } = await measureChange(
      change,
      { role, configuration },
      {
        checks: deps.checks,
        options: how.options,
        base: how.base,
        rerunBase: how.rerunBase,
        dryRun: dryRunOf({ role }),
        acceptance: tests !== null && how.withTests ? tests.files : [],
        placeAcceptance: async (into) => (await tests?.apply(into))?.problem ?? null,
        addsTests,
      },
    );
    const { checks } = deps;
    const { options, openBase } = how;
    const newTests =
      addsTests && row.blocked === null
        ? await checkNewTests(
            { checks, options, policy: configuration, criteria: noCriteria, open: openBase },
            { changes: change.changes, added: row.added },
          )
        : null;
    return {
      id: candidate.id,
      source: candidate.source,
      files: change.changes.map(({ path }) => path),
      flaky: row.flaky,
      behaviour: row.behaviour,
      diffLines,
      ms: Math.round(performance.now() - started),
      ...{ row, fixed, newTests },
    };
  } finally {
    await workspace.close();
  }
}

/** Nobody says which criteria the given changes are of. */
const noCriteria: TestedCriteria = { covers: [], missing: [], there: [] };

function finish({ row, fixed, newTests, ...rest }: Checked, names: readonly string[], given: OnBase): ChosenRow {
  const { accepted } = row;
  const broken = accepted === null || given.run === null ? [] : brokenGiven(given.run, accepted);
  const acceptance = newTests ?? acceptanceOf(row, names, given);
  const checks = [
    fixed.applies,
    row.builds,
    row.lint,
    row.dryRun,
    withBroken(withOutdated(row.regressions, row.outdated, acceptance), broken),
    acceptance,
    fixed.policy,
    fixed.size,
  ];
  return { ...rest, checks };
}

function acceptanceOf({ accepted, blocked }: MatrixRow, names: readonly string[], given: OnBase): CheckResult {
  if (blocked !== null) return blocked;
  if (given.problem !== null) {
    return plainCheck("acceptance", "not-run", `The given tests could not be tried on the base: ${given.problem}`);
  }
  if (accepted === null) return plainCheck("acceptance", "skipped", "No tests were given.");
  return givenCell(names, accepted);
}

function baseLine({ outcome, tests, reason, ms }: TestRun): string {
  const count = (wanted: string) => tests.filter(({ verdict }) => verdict === wanted).length;
  const what =
    outcome === "passed" || outcome === "failed"
      ? `${count("pass")} pass, ${count("fail")} fail`
      : `${outcome}: ${reason}`;
  return `${what} (${(ms / 1_000).toFixed(1)} s)`;
}
