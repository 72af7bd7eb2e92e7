import { namedTests, readAcceptancePath } from "../../domain/acceptance-path.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import { resultsOf } from "../../domain/test-verdicts.ts";
import type { Criterion } from "../job.ts";
import type { TestRun, Workspace } from "../ports.ts";
import type { Session } from "../session.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

/**
 * The repository's own tests of a criterion, as the start commit holds them: those that it names by their paths, and those
 * that are named after it, as a task that writes tests first leaves them (`acceptancePlace`); also where that task's branch
 * is not merged, since it waits for this code (`source.tests`). Those that fail on the base commit's code are its acceptance
 * tests, and no model is asked for one. Where all of them pass already, they tell no candidate apart, and the criterion has
 * none.
 */
export async function findNamedTests(
  session: Session,
  criteria: readonly Criterion[],
  paths: readonly string[],
): Promise<readonly AcceptanceTest[]> {
  const { startSha = "", tests = [] } = session.job.source ?? {};
  const found = await namedAt(session, startSha, criteria, paths);
  for (const sha of tests) {
    const known = new Set(found.map(({ path }) => path));
    const there = await namedAt(session, sha, criteria, null);
    found.push(...there.filter(({ path }) => !known.has(path)));
  }
  const kept: AcceptanceTest[] = [];
  for (const { path, content, numbers } of found) {
    const reason = await failsOnBase(session, path, content);
    if (reason === null) continue;
    for (const criterion of numbers)
      kept.push({ id: "", criterion, path, content, from: "repository", status: "kept", reason });
  }
  return kept.sort((a, b) => a.criterion - b.criterion);
}

type Named = { readonly path: string; readonly content: string; readonly numbers: readonly number[] };

/** The named tests of a commit; `paths` null: those that it has. */
async function namedAt(
  session: Session,
  sha: string,
  criteria: readonly Criterion[],
  paths: readonly string[] | null,
): Promise<Named[]> {
  const { job, deps } = session;
  const isTest = (path: string): boolean => deps.checks.isTestPath(path, job.policy);
  const isNamedAfter = (number: number) => (path: string) => {
    const of = readAcceptancePath(path);
    return of?.story === job.story.number && of.criterion === number && isTest(path);
  };
  const namedIn = (all: readonly string[]): ReadonlyMap<string, readonly number[]> => {
    const named = new Map<string, number[]>();
    for (const { number, text } of criteria)
      for (const path of new Set([...namedTests(text, all, isTest), ...all.filter(isNamedAfter(number))]))
        named.set(path, [...(named.get(path) ?? []), number]);
    return named;
  };
  if (paths !== null && namedIn(paths).size === 0) return [];
  const workspace = await openWorkspace(session, sha, "named");
  try {
    const found: Named[] = [];
    for (const [path, numbers] of namedIn(paths ?? (await workspace.list()))) {
      const content = await workspace.read(path);
      if (content !== null) found.push({ path, content, numbers });
    }
    return found;
  } finally {
    await workspace.close();
  }
}

/** What one test file's run says: its results, and how it fails, as a sentence for the record; null where it does not. */
export async function failureOf(
  session: Session,
  workspace: Workspace,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly run: TestRun; readonly results: ReturnType<typeof resultsOf>; readonly why: string | null }> {
  const { checks, prompting } = session.deps;
  const run = await checks.tests(workspace, [path], runOptions(session, signal));
  const results = resultsOf(run.tests, path);
  const failed = results.find(({ verdict }) => verdict === "fail");
  if (run.tests.length === 0 ? run.outcome !== "failed" : failed === undefined) return { run, results, why: null };
  const said = (await prompting.redact(failed?.reason ?? run.reason)).slice(0, 300);
  return { run, results, why: `It fails on the base: ${said}` };
}

async function failsOnBase(session: Session, path: string, content: string): Promise<string | null> {
  const workspace = await openWorkspace(session, session.job.source?.baseSha ?? "", "named");
  try {
    if ((await workspace.write(path, content)) !== null) return null;
    return (await failureOf(session, workspace, path, session.signal)).why;
  } finally {
    await workspace.close();
  }
}
