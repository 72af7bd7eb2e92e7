import { type CheckResult, plainCheck } from "../../domain/check-result.ts";
import { newTestsCell, type TestedCriteria } from "../../domain/test-first.ts";
import { resultsOf, type Verdict } from "../../domain/test-verdicts.ts";
import type { DeliberationJob } from "../job.ts";
import type { TestRun, WorkspaceChange } from "../ports.ts";
import type { Session } from "../session.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

/**
 * Measures a candidate that consists of tests by the tests that it adds (`newTestsCell`). They have run on the candidate; here
 * its test files alone are laid over the commit that it starts from, and run there. `id` is the candidate's.
 */
export async function checkNewTests(
  session: Session,
  id: string,
  {
    changes,
    added,
  }: { readonly changes: readonly WorkspaceChange[]; readonly added: Pick<TestRun, "tests" | "output" | "ms"> },
  signal: AbortSignal,
): Promise<CheckResult> {
  const { job, deps } = session;
  const isTest = ({ path }: WorkspaceChange): boolean => deps.checks.isTestPath(path, job.policy);
  const criteria = criteriaOf(job);
  const sameCode = changes.every(isTest);
  if (added.tests.length === 0) return newTestsCell([], criteria, sameCode, added);
  const onBase = await runOnBase(session, id, changes.filter(isTest), added.tests, signal);
  if (typeof onBase === "string") return plainCheck("acceptance", "not-run", onBase);
  const tests = added.tests.map((test) => ({
    onCandidate: test,
    onBase: onBase.tests.find(({ name }) => name === test.name) ?? null,
  }));
  return newTestsCell(tests, criteria, sameCode, { output: onBase.output, ms: added.ms + onBase.ms });
}

/** A run of the new tests on code that nobody changed, or why there is none. */
async function runOnBase(
  session: Session,
  id: string,
  changes: readonly WorkspaceChange[],
  added: readonly Verdict[],
  signal: AbortSignal,
): Promise<TestRun | string> {
  const { job, deps } = session;
  const options = runOptions(session, signal);
  const workspace = await openWorkspace(session, job.source?.startSha ?? "", `base-${id}`);
  try {
    for (const { path, content } of changes) {
      if (content === null) continue;
      const refused = await workspace.write(path, Buffer.from(content, "base64").toString("utf8"));
      if (refused !== null) return refused;
    }
    const { builds } = await deps.checks.commands(workspace, options);
    if (builds.outcome === "not-run") return builds.reason;
    // A helper beside the tests is no test file; where the runner names no files, every test is run.
    const files = changes.map(({ path }) => path).filter((path) => resultsOf(added, path).length > 0);
    const told = added.every((test) => files.some((path) => resultsOf([test], path).length > 0));
    const run = await deps.checks.tests(workspace, told ? files : null, options);
    return run.outcome === "not-run" ? run.reason : run;
  } finally {
    await workspace.close();
  }
}

function criteriaOf({ task, story }: DeliberationJob): TestedCriteria {
  const numbers = story.criteria.map(({ number }) => number);
  const covers = numbers.filter((number) => task?.covers.includes(number) === true);
  return { covers, missing: task?.code?.missing ?? [], there: task?.code?.there ?? [] };
}
