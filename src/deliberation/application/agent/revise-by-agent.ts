import type { PromptCode } from "../implementation/prompt-code.ts";
import type { Member } from "../job.ts";
import type { Evidence } from "../prompts/evidence-text.ts";
import type { Draft } from "../saved-state.ts";
import type { Session } from "../session.ts";
import { nothingBrought } from "./draft-by-agent.ts";
import { candidateByLoop, loopOf } from "./loop-candidate.ts";
import type { Loops } from "./loop-context.ts";
import { endByBudget } from "./run-agent.ts";

/**
 * One member's revision by its loop (COUNCIL.md step 5): where it drafted in one, and has turns and tokens left of it. It
 * begins with its own change in the files and the evidence against it; null where it revises by one answer.
 */
export async function reviseByAgent(
  session: Session,
  member: Member,
  draft: Draft,
  code: PromptCode,
  how: Loops & { readonly evidence: Evidence },
): Promise<Draft | null> {
  const { evidence, bench } = how;
  const drafted = loopOf(session.notebook.state, member.number, null);
  if (drafted === undefined) return null;
  const spent = { turns: drafted.steps.length, tokens: draft.tokens.in + draft.tokens.out };
  if (endByBudget(session, spent) !== null) return null;
  const contextLength = await how.contextOf(member.model);
  if (contextLength === null) return null;
  return candidateByLoop(session, code, {
    member,
    revises: draft.id,
    step: "revising",
    nothingBrought: {
      ...nothingBrought,
      finished: "It changed nothing after seeing the evidence.",
      time: "It was not ready when the time for revision was over.",
    },
    start: { answers: draft.answers, evidence, spent },
    contextLength,
    bench,
  });
}
