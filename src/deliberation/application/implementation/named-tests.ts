import { namedTests, readAcceptancePath } from "../../domain/acceptance-path.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import { resultsOf } from "../../domain/test-verdicts.ts";
import type { Criterion } from "../job.ts";
import type { TestRun, Workspace } from "../ports.ts";
import type { Session } from "../session.ts";
import { openWorkspace, runOptions } from "./workspace-of.ts";

/**
 * The repository's own tests of a criterion, as the start commit holds them: those that it names by their paths, and those
 * that are named after it, as a task that writes tests first leaves them (`acceptancePlace`). Those that fail on the base
 * commit's code are its acceptance tests, and no model is asked for one. Where all of them pass already, they tell no
 * candidate apart, and the criterion has none.
 */
export async function findNamedTests(
  session: Session,
  criteria: readonly Criterion[],
  paths: readonly string[],
): Promise<readonly AcceptanceTest[]> {
  const { job, deps } = session;
  const isTest = (path: string): boolean => deps.checks.isTestPath(path, job.policy);
  const isNamedAfter = (number: number) => (path: string) => {
    const of = readAcceptancePath(path);
    return of?.story === job.story.number && of.criterion === number && isTest(path);
  };
  const named = criteria.flatMap(({ number, text }) =>
    [...new Set([...namedTests(text, paths, isTest), ...paths.filter(isNamedAfter(number))])].map((path) => ({
      number,
      path,
    })),
  );
  if (named.length === 0) return [];
  const texts = await textsAtStart(session, [...new Set(named.map(({ path }) => path))]);
  const kept: AcceptanceTest[] = [];
  for (const [path, content] of texts) {
    const reason = await failsOnBase(session, path, content);
    if (reason === null) continue;
    for (const { number } of named.filter((each) => each.path === path))
      kept.push({ id: "", criterion: number, path, content, from: "repository", status: "kept", reason });
  }
  return kept.sort((a, b) => a.criterion - b.criterion);
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
  const said = prompting.redact(failed?.reason ?? run.reason).slice(0, 300);
  return { run, results, why: `It fails on the base: ${said}` };
}

/** By path; a file that is no text is left out. */
async function textsAtStart(session: Session, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const workspace = await openWorkspace(session, session.job.source?.startSha ?? "", "named");
  try {
    const texts = new Map<string, string>();
    for (const path of paths) {
      const text = await workspace.read(path);
      if (text !== null) texts.set(path, text);
    }
    return texts;
  } finally {
    await workspace.close();
  }
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
