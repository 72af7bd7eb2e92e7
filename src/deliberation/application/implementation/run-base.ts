import type { TestRun } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";
import { type Session, timed } from "../session.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

const maxNames = 5_000;

/**
 * Runs the repository's tests before any change: what fails on the base commit counts against nobody, what passes on
 * the start commit must go on passing.
 */
export async function runBase(session: Session): Promise<BaseRun> {
  const { notebook, job } = session;
  if (notebook.state.base !== null) return notebook.state.base;
  const base = await timed(session, "base", async (): Promise<BaseRun> => {
    const { baseSha, startSha } = job.source ?? { baseSha: "", startSha: "" };
    const onBase = await testsAt(session, baseSha, "base");
    const onStart = startSha === baseSha ? onBase : await testsAt(session, startSha, "start");
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
    };
  });
  await notebook.note((state) => {
    state.base = base;
  });
  return base;
}

async function testsAt(session: Session, sha: string, name: string): Promise<TestRun> {
  const workspace = await openWorkspace(session, sha, name);
  try {
    return await session.deps.checks.tests(workspace, null, runOptions(session, session.signal));
  } finally {
    await workspace.close();
  }
}
