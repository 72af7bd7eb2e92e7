import type { AgentEnd } from "../../domain/agent/agent-run.ts";
import type { PromptCode } from "../implementation/prompt-code.ts";
import type { Member } from "../job.ts";
import type { Draft } from "../saved-state.ts";
import type { Session } from "../session.ts";
import type { CheckBench } from "./agent-work.ts";
import { candidateByLoop } from "./loop-candidate.ts";

/** Why a loop that ended so, without changing anything, brought no draft. */
export const nothingBrought: Readonly<Record<AgentEnd, string>> = {
  finished: "It finished without a change.",
  asked: "It asked a question instead.",
  turns: "It changed nothing in all its turns.",
  tokens: "Its tokens were used up before it changed anything.",
  time: "It was not ready when the time for drafting was over.",
  "no-progress": "It repeated itself and changed nothing.",
  unreadable: "Its answers were no decisions.",
  model: "Its model failed.",
};

/** One member's draft by its loop (COUNCIL.md step 2). */
export function draftByAgent(
  session: Session,
  member: Member,
  code: PromptCode,
  how: { readonly contextLength: number; readonly bench: CheckBench },
): Promise<Draft> {
  const start = { answers: [], evidence: null, spent: { turns: 0, tokens: 0 } };
  return candidateByLoop(session, code, { ...how, member, revises: null, step: "drafting", nothingBrought, start });
}
