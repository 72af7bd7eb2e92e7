import { writesTests } from "../acting-role.ts";
import type { Checks, RunOptions, TestRun, Workspace } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";
import { type Session, timed } from "../session.ts";
import { onceMoreAlone } from "./once-more-alone.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

const maxNames = 5_000;

/** How often the start commit's tests are run anew where a candidate seems to break one: a flaky one shows itself. */
const reruns = 2;

/**
 * Runs the repository's tests before any change: what fails on the base commit counts against nobody, what passes on
 * the start commit must go on passing. `start` holds the start commit, unchanged; it is not closed here.
 */
export async function runBase(session: Session, start: Workspace): Promise<BaseRun> {
  const { notebook, job, deps } = session;
  if (notebook.state.base !== null) return notebook.state.base;
  const base = await timed(session, "base", async (): Promise<BaseRun> => {
    const { baseSha, startSha } = job.source ?? { baseSha: "", startSha: "" };
    const options = runOptions(session, session.signal);
    const onStart = () => runAll(deps.checks, start, options);
    if (startSha === baseSha) {
      const run = await onStart();
      return asBaseRun(run, run);
    }
    const onBase = await runTestsOnce(deps.checks, () => openWorkspace(session, baseSha, "base"), options);
    // What earlier rounds of a task that writes tests left in its branch is still a part of its change.
    return asBaseRun(onBase, writesTests(job) ? onBase : await onStart());
  });
  await notebook.note((state) => {
    state.base = base;
  });
  return base;
}

/** What candidates are compared with, from the runs on the base and on the commit that they start from. */
export function asBaseRun(onBase: TestRun, onStart: TestRun): BaseRun {
  const named = (run: TestRun, verdict: "pass" | "fail"): string[] =>
    run.tests
      .filter((test) => test.verdict === verdict)
      .map(({ name }) => name)
      .slice(0, maxNames);
  return {
    failing: named(onBase, "fail"),
    passing: named(onStart, "pass"),
    outcome: onBase.outcome,
    reason: onBase.reason,
    ms: onBase.ms,
  };
}

/** All tests of a checkout that nobody has changed. */
export async function runTestsOnce(
  checks: Checks,
  open: () => Promise<Workspace>,
  options: RunOptions,
): Promise<TestRun> {
  const workspace = await open();
  try {
    return await runAll(checks, workspace, options);
  } finally {
    await workspace.close();
  }
}

/** All tests; what the clock ended is run alone, since nobody could be compared with it. */
async function runAll(checks: Checks, workspace: Workspace, options: RunOptions): Promise<TestRun> {
  const isLate = ({ late }: TestRun): boolean => late === true;
  const { first, again } = await onceMoreAlone((how) => checks.tests(workspace, null, how), options, { isLate });
  return again ?? first;
}

/** The start commit's tests again, at the first call; every other call gets the same answer. */
export function createRerunBase(
  checks: Checks,
  open: () => Promise<Workspace>,
  options: RunOptions,
): () => Promise<readonly TestRun[]> {
  let runs: Promise<readonly TestRun[]> | null = null;
  const runSome = async (): Promise<readonly TestRun[]> => {
    const all: TestRun[] = [];
    for (let at = 0; at < reruns; at += 1) all.push(await runTestsOnce(checks, open, options));
    return all;
  };
  return () => {
    runs ??= runSome();
    return runs;
  };
}
