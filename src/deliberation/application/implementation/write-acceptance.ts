import { acceptancePlace, readAcceptancePath } from "../../domain/acceptance-path.ts";
import type { AcceptanceTest } from "../../domain/outcome.ts";
import { writesTests } from "../acting-role.ts";
import type { Criterion, Member } from "../job.ts";
import type { Prompting, Workspace } from "../ports.ts";
import { acceptancePrompt } from "../prompts/acceptance-prompt.ts";
import { type SourceText, systemPrompt } from "../prompts/shared-prefix.ts";
import type { BaseRun } from "../saved-state.ts";
import { ask, late, type Session, stepEndsAt, timed, until } from "../session.ts";
import { failureOf, findNamedTests } from "./named-tests.ts";
import { openAhead } from "./open-ahead.ts";
import { type PromptCode, promptSizes } from "./prompt-code.ts";
import { applyAnswer, openWorkspace } from "./workspace-of.ts";

/** Of the test that shows the style; characters. */
const longestExample = 4_000;

/**
 * The acceptance tests of the task's criteria (COUNCIL.md step 3): those that an earlier round left in the branch, the
 * repository's own that a criterion names, and one new file for each other criterion. A new one is kept only when it fails
 * on the base commit; the others stay in the record with the reason. For a task that writes tests there are none.
 */
export async function writeAcceptance(
  session: Session,
  base: BaseRun,
  code: PromptCode,
  able: readonly Member[],
): Promise<readonly AcceptanceTest[]> {
  const { notebook, job } = session;
  if (notebook.state.acceptance !== null) return notebook.state.acceptance;
  // What is asked of such a task are tests: its candidates are measured by those that they add.
  const tests = writesTests(job) ? [] : await timed(session, "acceptance", () => testsOf(session, base, code, able));
  await notebook.note((state) => {
    state.acceptance = [...tests];
  });
  return tests;
}

async function testsOf(
  session: Session,
  base: BaseRun,
  code: PromptCode,
  able: readonly Member[],
): Promise<readonly AcceptanceTest[]> {
  const existing = await inTheBranch(session, code);
  // Without a way to run tests, nobody can tell whether they fail on the base.
  const runnable = base.outcome === "passed" || base.outcome === "failed";
  const wanted = runnable ? without(existing, criteriaOf(session)) : [];
  const named = await findNamedTests(session, wanted, code.paths);
  const written = await Promise.all(
    without(named, wanted).map((criterion) => writeOne(session, criterion, code, able)),
  );
  return [...existing, ...named, ...written.filter((test) => test !== null)].map((test, index) => ({
    ...test,
    id: `a${index + 1}`,
  }));
}

function criteriaOf({ job }: Session): readonly Criterion[] {
  return job.story.criteria.filter(({ number }) => job.task === null || job.task.covers.includes(number));
}

/** The criteria for which there is no test yet. */
function without(tests: readonly AcceptanceTest[], criteria: readonly Criterion[]): readonly Criterion[] {
  return criteria.filter(({ number }) => !tests.some(({ criterion }) => criterion === number));
}

async function inTheBranch(session: Session, code: PromptCode): Promise<readonly AcceptanceTest[]> {
  const { source, story } = session.job;
  if (source === null || source.baseSha === source.startSha) return [];
  const found = code.paths.filter((path) => readAcceptancePath(path)?.story === story.number);
  if (found.length === 0) return [];
  const workspace = await openWorkspace(session, source.baseSha, "merged");
  try {
    // What is on the default branch already belongs to an earlier task: there it is a test like any other.
    const merged = new Set(await workspace.list());
    return found
      .filter((path) => !merged.has(path))
      .map((path) => ({
        id: "",
        criterion: readAcceptancePath(path)?.criterion ?? 1,
        path,
        content: code.files.find((file) => file.path === path)?.text ?? "",
        from: "earlier-round" as const,
        status: "kept" as const,
        reason: "Kept from an earlier round.",
      }))
      .filter(({ content }) => content !== "");
  } finally {
    await workspace.close();
  }
}

/** One criterion's test, from the first member that brings a file; null where there is no place for a test. */
async function writeOne(
  session: Session,
  criterion: Criterion,
  code: PromptCode,
  able: readonly Member[],
): Promise<AcceptanceTest | null> {
  const { job, deps } = session;
  const isTest = (path: string): boolean => deps.checks.isTestPath(path, job.policy);
  const place = acceptancePlace(code.paths, isTest, job.story.number, criterion.number);
  if (place === null || !isTest(place.path)) return null;
  const example = code.files.find(({ path }) => path === place.example) ?? null;
  const shown = example === null ? null : await withoutSecrets(example, deps.prompting);
  const request = await acceptancePrompt(job, criterion, place.path, shown, deps.prompting);
  const thrownOut = (reason: string, content = ""): AcceptanceTest => ({
    id: "",
    criterion: criterion.number,
    path: place.path,
    content,
    from: "council",
    status: "thrown-out",
    reason,
  });
  if (able.length === 0) return thrownOut("No member's model is large enough to write a test.");
  const checkout = openAhead(
    () => openWorkspace(session, job.source?.baseSha ?? "", `acceptance-${criterion.number}`),
    async (workspace) => workspace,
  );
  const asked = until(session, stepEndsAt(session, "drafting"), async (signal) => {
    let failure = "No member answered.";
    for (const member of [...able.slice((criterion.number - 1) % able.length), ...able].slice(0, 2)) {
      for (const size of promptSizes) {
        const messages = [
          { role: "system", content: systemPrompt },
          { role: "user", content: `${code.prefix(size)}\n\n${request}` },
        ] as const;
        const answer = await ask(session, member, messages, {
          prompt: "acceptance",
          maxTokens: size.answerTokens,
          signal,
        });
        if (answer.kind === "answer") return tryOnBase(session, await checkout.ready(), answer.text, thrownOut, signal);
        failure = answer.message;
        if (answer.reason !== "prompt-too-long") break;
      }
    }
    return thrownOut(failure);
  });
  const result = await asked.finally(() => checkout.close());
  return result === late ? thrownOut("The time for drafting was over.") : result;
}

async function withoutSecrets({ path, text }: SourceText, prompting: Prompting): Promise<SourceText> {
  return { path: await prompting.redact(path), text: (await prompting.redact(text)).slice(0, longestExample) };
}

async function tryOnBase(
  session: Session,
  workspace: Workspace,
  answer: string,
  thrownOut: (reason: string, content?: string) => AcceptanceTest,
  signal: AbortSignal,
): Promise<AcceptanceTest> {
  const { job, deps } = session;
  const draft = thrownOut("");
  await applyAnswer(workspace, answer);
  const changed = await workspace.changes();
  if (!changed.readable) return thrownOut(changed.reason);
  const [change, second] = changed.changes;
  if (change === undefined) return thrownOut("The answer holds no test file.");
  if (second !== undefined || change.change !== "added" || change.content === null) {
    return thrownOut("The answer changes something else than one new test file.");
  }
  const findings = await deps.checks.policy(changed.changes, { role: "qa", configuration: job.policy, existing: [] });
  const finding = [...findings.policy, ...findings.size][0];
  if (finding !== undefined) return thrownOut(finding);
  const content = Buffer.from(change.content, "base64").toString("utf8");
  const { run, results, why } = await failureOf(session, workspace, change.path, signal);
  if (why !== null) return { ...draft, path: change.path, content, status: "kept", reason: why };
  if (run.tests.length > 0 && results.length === 0) return thrownOut("The test runner does not find it.", content);
  return thrownOut("It passes on the base, so it tells no candidate apart.", content);
}
