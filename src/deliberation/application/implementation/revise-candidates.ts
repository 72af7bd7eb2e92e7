import { PermanentError } from "../../../kernel/errors.ts";
import { settle } from "../agent/loop-candidate.ts";
import type { Loops } from "../agent/loop-context.ts";
import { reviseByAgent } from "../agent/revise-by-agent.ts";
import type { Member } from "../job.ts";
import type { ChatMessage, Workspace } from "../ports.ts";
import { revisionPrompt } from "../prompts/draft-prompt.ts";
import type { Evidence } from "../prompts/evidence-text.ts";
import type { Draft } from "../saved-state.ts";
import { ask, late, type Session, stepEndsAt, until } from "../session.ts";
import { applyAnswers } from "./apply-answers.ts";
import { firstMessages } from "./draft-candidate.ts";
import { emptyDraft } from "./empty-draft.ts";
import type { LaidChanges } from "./laid-changes.ts";
import { type Ahead, openAhead } from "./open-ahead.ts";
import { type PromptCode, promptSizes } from "./prompt-code.ts";
import { applyAnswer, openWorkspace } from "./workspace-of.ts";

/**
 * Each author may revise its own candidate once, on top of it. The revised one is a candidate of its own (`c2r`); the
 * unrevised one stays in the pool, so that bad criticism cannot win (COUNCIL.md step 5). Who drafted in a loop goes on in one;
 * the others answer once. Finished revisions are kept, and of a loop every turn.
 */
export async function reviseAll(
  session: Session,
  drafts: readonly Draft[],
  against: ReadonlyMap<string, Evidence>,
  code: PromptCode,
  loops: Loops,
  laid: LaidChanges,
): Promise<readonly Draft[]> {
  const { job, notebook } = session;
  return Promise.all(
    drafts.flatMap((draft): readonly Promise<Draft>[] => {
      const evidence = against.get(draft.id);
      if (evidence === undefined) return [];
      const saved = notebook.state.revisions.find(({ revises }) => revises === draft.id);
      if (saved !== undefined) return [Promise.resolve(saved)];
      const member = job.members.find(({ number }) => number === draft.member);
      if (member === undefined) throw new PermanentError("A draft of nobody.");
      const revise = async (): Promise<Draft> => {
        const revision =
          (await reviseByAgent(session, member, draft, code, { ...loops, evidence })) ??
          (await reviseAtOnce(session, member, draft, evidence, code));
        laid.prepare(revision);
        await notebook.note((state) => {
          state.revisions.push(revision);
          settle(state, revision);
        });
        return revision;
      };
      return [revise()];
    }),
  );
}

/** A revision by one answer. */
async function reviseAtOnce(
  session: Session,
  member: Member,
  draft: Draft,
  evidence: Evidence,
  code: PromptCode,
): Promise<Draft> {
  const revision = emptyDraft(member, draft.id);
  // What it is compared with is laid out while the model thinks.
  const unrevised = openAhead(
    () => openWorkspace(session, session.job.source?.startSha ?? "", `draft-${revision.id}`),
    async (workspace) => {
      await applyAnswers(workspace, draft.answers);
      return { workspace, tree: await workspace.tree() };
    },
  );
  try {
    return await askToRevise(session, member, { draft, revision, evidence, code, unrevised });
  } finally {
    await unrevised.close();
  }
}

type Revising = {
  readonly draft: Draft;
  readonly revision: Draft;
  readonly evidence: Evidence;
  readonly code: PromptCode;
  readonly unrevised: Ahead<{ readonly workspace: Workspace; readonly tree: string }>;
};

async function askToRevise(session: Session, member: Member, revising: Revising): Promise<Draft> {
  const { draft, revision, evidence, code } = revising;
  const done = await until(session, stepEndsAt(session, "revising"), async (signal) => {
    for (const size of promptSizes) {
      const messages: ChatMessage[] = [
        ...(await firstMessages(session, member, code, size)),
        { role: "assistant", content: draft.answers.join("\n\n") },
        { role: "user", content: await revisionPrompt(session.job, evidence, session.deps.prompting) },
      ];
      const answer = await ask(session, member, messages, {
        prompt: "revision",
        maxTokens: size.answerTokens,
        signal,
      });
      revision.tokens.in += answer.tokensIn;
      revision.tokens.out += answer.tokensOut;
      if (answer.kind === "failed" && answer.reason === "prompt-too-long") continue;
      if (answer.kind === "failed") {
        revision.abstained = answer.message;
        return;
      }
      await take(session, revising, answer.text);
      return;
    }
    revision.abstained = "The prompt is too long for the model, also in its short form.";
  });
  if (done === late) revision.abstained = "It was not ready when the time for revision was over.";
  return revision;
}

async function take(session: Session, { draft, revision, unrevised }: Revising, answer: string): Promise<void> {
  const { workspace, tree } = await unrevised.ready();
  const result = await applyAnswer(workspace, answer);
  if ((await workspace.tree()) === tree) {
    revision.abstained = "It changed nothing after seeing the evidence.";
    return;
  }
  revision.answers = [...draft.answers, answer];
  const feedback = await session.deps.prompting.redact(result.feedback);
  revision.problem = feedback === "" ? null : feedback.slice(0, 4_000);
}
