import { answerProblem } from "../../domain/answer-problem.ts";
import type { Member } from "../job.ts";
import type { ChatMessage, Workspace } from "../ports.ts";
import { draftPrompt, repairPrompt, restartPrompt, revisionPrompt } from "../prompts/draft-prompt.ts";
import { systemPrompt } from "../prompts/shared-prefix.ts";
import type { Draft } from "../saved-state.ts";
import { ask, draftingEndsAt, late, type Session, until } from "../session.ts";
import { type PromptCode, type PromptSize, promptSizes } from "./prompt-code.ts";
import { applyAnswer, openWorkspace } from "./workspace-of.ts";

/** Model calls of one member for one draft: the answer, one repair, one attempt anew. */
const maxTurns = 3;

/**
 * One member's draft (COUNCIL.md step 2), in its own work tree, without seeing the others. Edits that do not apply are
 * answered once with the nearest match; then one attempt from the start, with whole files. A member whose model fails
 * abstains, with the reason.
 */
export async function draftCandidate(session: Session, member: Member, code: PromptCode): Promise<Draft> {
  const draft = emptyDraft(member, null);
  const done = await until(session, draftingEndsAt(session), async (signal) => {
    for (const size of promptSizes) {
      const outcome = await attempt(session, member, draft, firstMessages(session, member, code, size), size, signal);
      if (outcome !== "prompt-too-long") return;
    }
    draft.abstained = "The prompt is too long for the model, also in its short form.";
  });
  if (done === late) draft.abstained = "It was not ready when the time for drafting was over.";
  return draft;
}

/** The author looks at what the checks said about its own candidate and may revise it once. */
export async function reviseCandidate(
  session: Session,
  member: Member,
  draft: Draft,
  evidence: string,
  code: PromptCode,
): Promise<Draft> {
  const revision = emptyDraft(member, draft.id);
  const done = await until(session, session.deadlineAt, async (signal) => {
    for (const size of promptSizes) {
      const messages: ChatMessage[] = [
        ...firstMessages(session, member, code, size),
        { role: "assistant", content: draft.answers.join("\n\n") },
        { role: "user", content: revisionPrompt(session.job, evidence, session.deps.prompting) },
      ];
      const answer = await ask(session, member, messages, { maxTokens: size.answerTokens, signal });
      revision.tokens.in += answer.tokensIn;
      revision.tokens.out += answer.tokensOut;
      if (answer.kind === "failed" && answer.reason === "prompt-too-long") continue;
      if (answer.kind === "failed") {
        revision.abstained = answer.message;
        return;
      }
      await take(session, draft, revision, answer.text);
      return;
    }
    revision.abstained = "The prompt is too long for the model, also in its short form.";
  });
  if (done === late) revision.abstained = "It was not ready at the deadline.";
  return revision;
}

/** Applies the answers of a draft, in order, to a fresh checkout. */
export async function applyAnswers(workspace: Workspace, answers: readonly string[]): Promise<void> {
  for (const answer of answers) await applyAnswer(workspace, answer);
}

function emptyDraft(member: Member, revises: string | null): Draft {
  const id = revises === null ? `c${member.number}` : `${revises}r`;
  return { id, member: member.number, revises, answers: [], problem: null, abstained: null, tokens: { in: 0, out: 0 } };
}

function firstMessages(session: Session, member: Member, code: PromptCode, size: PromptSize): ChatMessage[] {
  const own = draftPrompt(session.job, code.slice(member, size), session.deps.prompting);
  return [
    { role: "system", content: systemPrompt },
    { role: "user", content: `${code.prefix(size)}\n\n${own}` },
  ];
}

async function attempt(
  session: Session,
  member: Member,
  draft: Draft,
  messages: ChatMessage[],
  size: PromptSize,
  signal: AbortSignal,
): Promise<"done" | "prompt-too-long"> {
  const { prompting } = session.deps;
  const workspace = await openWorkspace(session, session.job.source?.startSha ?? "", `draft-${draft.id}`);
  try {
    for (let turn = 1; turn <= maxTurns; turn++) {
      const answer = await ask(session, member, messages, { maxTokens: size.answerTokens, signal });
      draft.tokens.in += answer.tokensIn;
      draft.tokens.out += answer.tokensOut;
      if (answer.kind === "failed") {
        if (answer.reason === "prompt-too-long" && turn === 1) return "prompt-too-long";
        // An earlier turn's edits that did apply stay a candidate, with the problem that was left.
        if (draft.answers.length === 0) draft.abstained = answer.message;
        return "done";
      }
      const result = await applyAnswer(workspace, answer.text);
      // A runaway answer is not kept: it would be saved, sent back with every turn, and read again by the checks.
      const kept = answerProblem(answer.text) === null ? answer.text : "";
      draft.answers.push(kept);
      draft.problem = result.feedback === "" ? null : prompting.redact(result.feedback).slice(0, 4_000);
      if (result.feedback === "" || turn === maxTurns) return "done";
      messages.push({ role: "assistant", content: kept.slice(0, 20_000) });
      if (turn === 1) {
        messages.push({ role: "user", content: repairPrompt(result.feedback, prompting) });
      } else {
        messages.push({ role: "user", content: restartPrompt(result.feedback, prompting) });
        await workspace.reset();
        draft.answers = [];
      }
    }
    return "done";
  } finally {
    await workspace.close();
  }
}

async function take(session: Session, draft: Draft, revision: Draft, answer: string): Promise<void> {
  const workspace = await openWorkspace(session, session.job.source?.startSha ?? "", `draft-${revision.id}`);
  try {
    await applyAnswers(workspace, draft.answers);
    const before = await workspace.tree();
    const result = await applyAnswer(workspace, answer);
    if ((await workspace.tree()) === before) {
      revision.abstained = "It changed nothing after seeing the checks.";
      return;
    }
    revision.answers = [...draft.answers, answer];
    revision.problem = result.feedback === "" ? null : session.deps.prompting.redact(result.feedback).slice(0, 4_000);
  } finally {
    await workspace.close();
  }
}
