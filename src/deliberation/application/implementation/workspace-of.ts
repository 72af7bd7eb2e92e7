import { PermanentError } from "../../../kernel/errors.ts";
import { answerProblem } from "../../domain/answer-problem.ts";
import type { AppliedAnswer, Refusal, RunOptions, Workspace } from "../ports.ts";
import type { SourceText } from "../prompts/shared-prefix.ts";
import type { Session } from "../session.ts";

/** An isolated checkout for one step; ids are unique within the deliberation, so a resumed step opens its own anew. */
export function openWorkspace(session: Session, sha: string, name: string): Promise<Workspace> {
  const { source, deliberationId } = session.job;
  if (source === null) throw new PermanentError("An implementation job without a source repository.");
  return session.deps.workspaces.open({ mirror: source.mirror, sha, id: `${deliberationId}-${name}` });
}

/** Applies an answer's edits; one that is out of all bounds is refused before anything parses it. */
export async function applyAnswer(
  workspace: Workspace,
  answer: string,
  refuse?: (path: string) => Refusal | null,
): Promise<AppliedAnswer> {
  const problem = answerProblem(answer);
  if (problem !== null) return { applied: 0, failed: 1, feedback: problem, refused: [] };
  return workspace.applyAnswer(answer, refuse);
}

export function runOptions(session: Session, signal: AbortSignal): RunOptions {
  const configuration = session.job.checks ?? { install: null, build: null, lint: null, test: null };
  return { configuration, trusted: session.job.trusted, signal };
}

/** Beyond this a repository's texts are not read for the prompt: enough for any code selection, bounded in memory. */
const maxFiles = 2_000;
const maxTotal = 20_000_000;
const readsAtOnce = 20;
const notRead = /(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|.*\.min\.js|.*\.map|.*\.svg|.*\.snap)$/;

/** The texts of a repository's files, for choosing what a prompt shows. */
export async function readSources(workspace: Workspace, paths: readonly string[]): Promise<readonly SourceText[]> {
  const files: SourceText[] = [];
  let total = 0;
  const wanted = paths.filter((each) => !notRead.test(each)).slice(0, maxFiles);
  for (let at = 0; at < wanted.length; at += readsAtOnce) {
    const some = wanted.slice(at, at + readsAtOnce);
    const texts = await Promise.all(some.map((path) => workspace.read(path)));
    for (const [index, path] of some.entries()) {
      const text = texts[index] ?? null;
      if (text === null || text.length > 200_000) continue;
      total += text.length;
      if (total > maxTotal) return files;
      files.push({ path, text });
    }
  }
  return files;
}
