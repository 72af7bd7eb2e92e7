import { createHash } from "node:crypto";
import { type CheckName, type CheckResult, plainCheck } from "../../domain/check-result.ts";
import { regressions } from "../../domain/test-verdicts.ts";
import type { TestRun, Workspace } from "../ports.ts";
import { commandCell, regressionCell } from "./check-cells.ts";
import { runAcceptanceTests, runExistingTests } from "./flaky-tests.ts";
import type { MatrixRun } from "./matrix-run.ts";

const maxDiff = 60_000;

/** What the commands said about one candidate; `accepted` is null where no acceptance test was run. */
export type MatrixRow = {
  readonly builds: CheckResult;
  readonly lint: CheckResult;
  readonly regressions: CheckResult;
  /** Null when the acceptance tests ran: their cell is made from `accepted`. */
  readonly blocked: CheckResult | null;
  readonly accepted: TestRun | null;
  /** Existing tests that the change touches and that fail on it as they were. */
  readonly outdated: readonly string[];
  /** Tests that failed and passed on the same code: they are held against nobody. */
  readonly flaky: readonly string[];
  readonly behaviour: string | null;
  readonly tree: string | null;
  readonly diff: string;
};

/** A row of which nothing could be run. */
export function notRun(why: string): MatrixRow {
  const cell = (name: CheckName): CheckResult => plainCheck(name, "not-run", why);
  return {
    builds: cell("builds"),
    lint: cell("lint"),
    regressions: cell("regressions"),
    blocked: cell("acceptance"),
    accepted: null,
    outdated: [],
    flaky: [],
    behaviour: null,
    tree: null,
    diff: "",
  };
}

/** Runs the commands of the matrix (COUNCIL.md step 4) in a workspace that holds the candidate's change. */
export async function runMatrix(run: MatrixRun, workspace: Workspace): Promise<MatrixRow> {
  const { checks, options, acceptance } = run;
  // Taken before anything runs: what a build or a test leaves behind is no part of the change.
  const tree = await workspace.tree();
  const diff = run.prompting.redact(await workspace.diff(maxDiff)).slice(0, maxDiff);
  const { builds, lint } = await checks.commands(workspace, options);
  const built: MatrixRow = {
    ...notRun("It does not build."),
    tree,
    diff,
    builds: commandCell("builds", builds),
    lint: commandCell("lint", lint),
  };
  if (builds.outcome === "failed") return built;
  const own = await runExistingTests(run, workspace);
  const tested: MatrixRow = { ...built, regressions: regressionCell(own, acceptance), flaky: own.flaky };
  if (own.outcome === "not-run") return { ...tested, blocked: plainCheck("acceptance", "not-run", own.reason) };
  // A candidate's own tests are no common measure of behaviour.
  const names = new Set([...own.base.passing, ...own.base.failing]);
  const common = own.tests.filter(({ name }) => names.has(name));
  if (acceptance.length === 0) {
    const outdated = await findOutdated(run, workspace, tested);
    return { ...tested, outdated, blocked: null, behaviour: behaviourOf(common) };
  }
  const refused = await run.placeAcceptance(workspace);
  if (refused !== null) return { ...tested, blocked: plainCheck("acceptance", "failed", refused) };
  const accepted = await runAcceptanceTests(run, workspace);
  return {
    ...tested,
    outdated: await findOutdated(run, workspace, tested),
    blocked: null,
    accepted: accepted.run,
    flaky: [...own.flaky, ...accepted.flaky],
    behaviour: behaviourOf([...common, ...accepted.run.tests]),
  };
}

/** Runs the existing tests once more with the touched files as they were. It is the last run in a workspace. */
async function findOutdated(run: MatrixRun, workspace: Workspace, { regressions: cell }: MatrixRow) {
  if (run.touchedTests.length === 0 || cell.status !== "passed") return [];
  await workspace.reset(run.touchedTests);
  const before = await runExistingTests(run, workspace);
  return before.outcome === "failed" ? regressions(before.base, before.tests) : [];
}

function behaviourOf(tests: readonly { readonly name: string; readonly verdict: string }[]): string | null {
  if (tests.length === 0) return null;
  const lines = tests.map(({ name, verdict }) => `${verdict} ${name}`).sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
