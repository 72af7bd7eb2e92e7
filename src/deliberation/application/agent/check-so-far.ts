import { dryRunOf } from "../../domain/dry-run.ts";
import { applyAnswers } from "../implementation/apply-answers.ts";
import { openWorkspace, runOptions } from "../implementation/workspace-of.ts";
import type { CommandRun, DryRun, RunOptions, TestResult, TestRun, Workspace } from "../ports.ts";
import type { Session } from "../session.ts";

const maxFailures = 20;
const maxOutput = 3_000;

/**
 * Runs the repository's own checks, in the sandbox as the matrix does, on what a member has so far. In a checkout of its
 * own: what a build or a test leaves behind gets neither into the candidate nor under its next reads. `failing` are the
 * tests that fail on the base commit: they count against nobody, and neither do those that `isExpected` to fail.
 */
export async function checkSoFar(
  session: Session,
  candidate: { readonly id: string; readonly answers: readonly string[] },
  what: {
    readonly path: string | null;
    readonly failing: readonly string[];
    readonly isExpected: (test: TestResult) => boolean;
    /** True for a role that runs none of the repository's own checks but what is dry-run. */
    readonly onlyDryRun: boolean;
  },
  signal: AbortSignal,
): Promise<{ readonly passed: boolean; readonly text: string }> {
  const { job, deps } = session;
  const options = runOptions(session, signal);
  const workspace = await openWorkspace(session, job.source?.startSha ?? "", `try-${candidate.id}`);
  try {
    await applyAnswers(workspace, candidate.answers);
    const dry = await dryRunSoFar(session, workspace, options);
    if (what.onlyDryRun) return { passed: dry?.outcome !== "failed", text: dry === null ? "" : dryText(dry) };
    const { builds, lint } = await deps.checks.commands(workspace, options);
    const broken = builds.outcome === "failed";
    const tests = broken ? null : await deps.checks.tests(workspace, what.path === null ? null : [what.path], options);
    const before = new Set(what.failing);
    const failed = (tests?.tests ?? []).filter(({ verdict, name }) => verdict === "fail" && !before.has(name));
    const failing = failed.filter((test) => !what.isExpected(test));
    const told = failing.length < failed.length || before.size > 0;
    const commands = [builds, lint, ...(dry === null ? [] : [dry])];
    const passed = commands.every(({ outcome }) => outcome !== "failed") && isFine(tests, failing.length, told);
    const expected = failed.length - failing.length;
    const asTheyMust =
      expected === 0
        ? []
        : [
            `${expected} new ${expected === 1 ? "test fails" : "tests fail"} by an assertion, as they must while the code is not there.`,
          ];
    const lines = [line("build", builds), line("lint", lint), ...(dry === null ? [] : [dryText(dry)])];
    return { passed, text: [...lines, testText(tests, failing, before), ...asTheyMust].join("\n") };
  } finally {
    await workspace.close();
  }
}

/** What the task asks to be dry-run, of what the member has changed so far; null where it asks for none. */
async function dryRunSoFar({ job, deps }: Session, workspace: Workspace, options: RunOptions): Promise<DryRun | null> {
  const kind = dryRunOf(job.task);
  if (kind === null) return null;
  const now = await workspace.changes();
  return deps.checks.dryRun(workspace, kind, now.readable ? now.changes : [], options);
}

function dryText(run: DryRun): string {
  return [line("dry-run", run), ...(run.outcome === "failed" ? [] : [run.output.slice(-maxOutput)])].join("\n");
}

/** Where single tests are told, and some count against nobody, the others count; else the runner's status. */
function isFine(tests: TestRun | null, failing: number, told: boolean): boolean {
  if (tests === null) return false;
  return tests.tests.length > 0 && told ? failing === 0 : tests.outcome !== "failed";
}

function line(name: string, run: CommandRun): string {
  const tail = run.outcome === "failed" ? `\n${run.output.slice(-maxOutput)}` : "";
  return `${name}: ${run.outcome}${run.reason === "" ? "" : `: ${run.reason}`}${tail}`;
}

function testText(tests: TestRun | null, failing: TestRun["tests"], before: ReadonlySet<string>): string {
  if (tests === null) return "tests: not-run: It does not build.";
  if (tests.tests.length === 0) return line("tests", tests);
  const known = tests.tests.filter(({ verdict, name }) => verdict === "fail" && before.has(name)).length;
  const passed = tests.tests.filter(({ verdict }) => verdict === "pass").length;
  return [
    `tests: ${passed} pass, ${failing.length} fail${known === 0 ? "" : `, and ${known} fail that failed before the change as well`}`,
    ...failing.slice(0, maxFailures).map(({ name, reason }) => `- ${name}: ${(reason ?? "fails").slice(0, 500)}`),
    ...(failing.length > maxFailures ? [`- and ${failing.length - maxFailures} more`] : []),
    ...(failing.length === 0 ? [] : [tests.output.slice(-maxOutput)]),
  ].join("\n");
}
