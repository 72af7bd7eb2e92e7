import { answerProblem } from "../../domain/answer-problem.ts";
import { writesTests } from "../acting-role.ts";
import { draftByAgent } from "../agent/draft-by-agent.ts";
import type { Loops } from "../agent/loop-context.ts";
import type { Member } from "../job.ts";
import type { ChatMessage } from "../ports.ts";
import { draftPrompt, repairPrompt, restartPrompt } from "../prompts/draft-prompt.ts";
import { roleBounds } from "../prompts/role-bounds.ts";
import { systemPrompt } from "../prompts/shared-prefix.ts";
import type { Draft } from "../saved-state.ts";
import { ask, late, type Session, stepEndsAt, until } from "../session.ts";
import { draftByExample } from "./draft-by-example.ts";
import { emptyDraft } from "./empty-draft.ts";
import { openAhead } from "./open-ahead.ts";
import { type PromptCode, type PromptSize, promptSizes } from "./prompt-code.ts";
import { applyAnswer, openWorkspace } from "./workspace-of.ts";

/** Model calls of one member for one draft: the answer, one repair, one attempt anew. */
const maxTurns = 3;

/**
 * One member's draft (COUNCIL.md step 2), in its own work tree, without seeing the others: by a worked example where its
 * model is known to be small, in a loop where its hosts are known to be fit for one (`createLoopContextOf`), else by one
 * answer.
 */
export async function draftCandidate(
  session: Session,
  member: Member,
  code: PromptCode,
  how: Loops & { readonly able: readonly Member[] },
): Promise<Draft> {
  // The example shows how a function is written, not a test.
  const asksForCode = !how.able.includes(member) && !writesTests(session.job);
  const byExample = asksForCode ? await draftByExample(session, member, code) : null;
  if (byExample !== null) return byExample;
  const contextLength = await how.contextOf(member.model);
  if (contextLength === null) return draftAtOnce(session, member, code);
  return draftByAgent(session, member, code, { contextLength, bench: how.bench });
}

/**
 * A draft by one answer. Edits that do not apply are
 * answered once with the nearest match; then one attempt from the start, with whole files. A member whose model fails
 * abstains, with the reason.
 */
async function draftAtOnce(session: Session, member: Member, code: PromptCode): Promise<Draft> {
  const draft = emptyDraft(member, null);
  const done = await until(session, stepEndsAt(session, "drafting"), async (signal) => {
    for (const size of promptSizes) {
      const messages = await firstMessages(session, member, code, size);
      const outcome = await attempt(session, member, draft, messages, size, signal);
      if (outcome !== "prompt-too-long") return;
    }
    draft.abstained = "The prompt is too long for the model, also in its short form.";
  });
  if (done === late) draft.abstained = "It was not ready when the time for drafting was over.";
  return draft;
}

/** What a member is asked for a draft. */
export async function firstMessages(
  session: Session,
  member: Member,
  code: PromptCode,
  size: PromptSize,
): Promise<ChatMessage[]> {
  const { job, deps } = session;
  const own = await draftPrompt(job, roleBounds(job, deps.checks), code.slice(member, size), deps.prompting);
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
  const checkout = openAhead(
    () => openWorkspace(session, session.job.source?.startSha ?? "", `draft-${draft.id}`),
    async (workspace) => workspace,
  );
  try {
    for (let turn = 1; turn <= maxTurns; turn++) {
      const answer = await ask(session, member, messages, { prompt: "draft", maxTokens: size.answerTokens, signal });
      draft.tokens.in += answer.tokensIn;
      draft.tokens.out += answer.tokensOut;
      if (answer.kind === "failed") {
        if (answer.reason === "prompt-too-long" && turn === 1) return "prompt-too-long";
        // An earlier turn's edits that did apply stay a candidate, with the problem that was left.
        if (draft.answers.length === 0) draft.abstained = answer.message;
        return "done";
      }
      const workspace = await checkout.ready();
      const result = await applyAnswer(workspace, answer.text);
      // A runaway answer is not kept: it would be saved, sent back with every turn, and read again by the checks.
      const kept = answerProblem(answer.text) === null ? answer.text : "";
      draft.answers.push(kept);
      const feedback = await prompting.redact(result.feedback);
      draft.problem = feedback === "" ? null : feedback.slice(0, 4_000);
      if (feedback === "" || turn === maxTurns) return "done";
      messages.push({ role: "assistant", content: kept.slice(0, 20_000) });
      if (turn === 1) {
        messages.push({ role: "user", content: repairPrompt(feedback, prompting) });
      } else {
        messages.push({ role: "user", content: restartPrompt(feedback, prompting) });
        await workspace.reset();
        draft.answers = [];
      }
    }
    return "done";
  } finally {
    await checkout.close();
  }
}
