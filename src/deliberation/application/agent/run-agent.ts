import type { SavedStep } from "../../domain/agent/agent-run.ts";
import { applyAnswers } from "../implementation/apply-answers.ts";
import { type PromptCode, promptSizes } from "../implementation/prompt-code.ts";
import { openWorkspace } from "../implementation/workspace-of.ts";
import type { ChatMessage } from "../ports.ts";
import { agentPrompt } from "../prompts/agent-prompt.ts";
import type { Evidence } from "../prompts/evidence-text.ts";
import { roleBounds } from "../prompts/role-bounds.ts";
import { systemPrompt } from "../prompts/shared-prefix.ts";
import type { SavedAgent } from "../saved-state.ts";
import type { Session } from "../session.ts";
import { type AgentWork, answersOf } from "./agent-work.ts";
import { createConversation } from "./conversation.ts";
import { takeTurn } from "./take-turn.ts";

/** Turns of one loop. */
export const mostTurns = 30;
/** The council's tokens that its members' loops may take together; the rest is for tests, critique and revision. */
const shareOfTokens = 0.75;
const codeTokens = 4_096;
/** Our count of tokens is not every model's. */
const margin = 0.85;
/** Tokens of turns below which there is nothing left to shorten. */
const leastTranscript = 500;

type End = NonNullable<SavedAgent["end"]>;

type Spent = { readonly turns: number; readonly tokens: number };

/** Where a loop begins: with a candidate and the evidence against it, for a revision, and what its draft has spent. */
export type LoopStart = {
  readonly answers: readonly string[];
  readonly evidence: Evidence | null;
  readonly spent: Spent;
};

/**
 * One member's loop (COUNCIL.md steps 2 and 5) from its last finished turn to an end, in its own work tree. Every turn is saved
 * when it is finished, with the end where it is the last; a resumed loop applies the saved edits and asks for the next one.
 * Only an abort throws.
 */
export async function runAgent(
  session: Session,
  run: SavedAgent,
  {
    code,
    start,
    contextLength,
    ...how
  }: { readonly code: PromptCode; readonly start: LoopStart; readonly contextLength: number } & Pick<
    AgentWork,
    "id" | "member" | "bench"
  >,
  signal: AbortSignal,
): Promise<End> {
  const { job, deps, notebook } = session;
  // A loop reads by itself what it needs, so it begins with little: every turn pays for the beginning.
  const size = promptSizes[1];
  const { evidence, spent } = start;
  const turns = mostTurns - spent.turns;
  const texts = { bounds: roleBounds(job, deps.checks), extra: code.slice(how.member, size), evidence };
  const own = await agentPrompt(job, turns, texts, deps.prompting);
  const opening: readonly ChatMessage[] = [
    { role: "system", content: systemPrompt },
    { role: "user", content: `${code.prefix(size)}\n\n${own}` },
  ];
  const conversation = createConversation(opening, turns, deps.prompting);
  const answerTokens = Math.min(codeTokens, Math.floor(contextLength / 4));
  const openingTokens = opening.reduce((sum, { content }) => sum + deps.prompting.countTokens(content), 0);
  let limit = Math.max(1_000, contextLength * margin - openingTokens - answerTokens);
  const workspace = await openWorkspace(session, job.source?.startSha ?? "", `draft-${how.id}`);
  try {
    const answers = () => [...start.answers, ...answersOf(run.steps)];
    await applyAnswers(workspace, answers());
    const tree = await workspace.tree();
    const { id, member, bench } = how;
    const work: AgentWork = {
      session,
      member,
      id,
      bench,
      workspace,
      steps: run.steps,
      codeTokens: answerTokens,
      tree,
      answers,
    };
    for (;;) {
      const over = endByBudget(session, spentIn(run.steps, spent));
      if (over !== null) return over;
      const turn = await takeTurn(work, conversation(run.steps, limit), signal);
      if (turn.kind !== "step") run.lost = { in: run.lost.in + turn.tokens.in, out: run.lost.out + turn.tokens.out };
      if (turn.kind === "end") return { ended: turn.ended, message: turn.message };
      if (turn.kind === "too-long") {
        limit /= 2;
        if (limit < leastTranscript)
          return { ended: "model", message: "The prompt is too long for the model, also when it is shortened." };
        continue;
      }
      const end = turn.ends === null ? null : { ended: turn.ends, message: "" };
      await notebook.note(() => {
        run.steps.push(turn.step);
        run.end = end;
      });
      if (end !== null) return end;
    }
  } finally {
    await workspace.close();
  }
}

function spentIn(steps: readonly SavedStep[], before: Spent): Spent {
  const tokens = steps.reduce((sum, step) => sum + step.tokens.in + step.tokens.out, before.tokens);
  return { turns: before.turns + steps.length, tokens };
}

/** The end of a loop that has spent so much, or null where it may go on. */
export function endByBudget({ job }: Session, { turns, tokens }: Spent): End | null {
  if (turns >= mostTurns) return { ended: "turns", message: "" };
  const share = (job.budget.tokens * shareOfTokens) / job.members.length;
  return tokens >= share ? { ended: "tokens", message: "" } : null;
}
