import { createHash } from "node:crypto";
import type { AgentEnd, SavedStep } from "../../domain/agent/agent-run.ts";
import { aboutOfDecision, agentAnswerSchema, type Decision, readDecision } from "../../domain/agent/decision.ts";
import { progressOf } from "../../domain/agent/progress.ts";
import { answerProblem } from "../../domain/answer-problem.ts";
import type { ChatMessage } from "../ports.ts";
import { editRequest } from "../prompts/agent-prompt.ts";
import { ask } from "../session.ts";
import type { AgentWork } from "./agent-work.ts";
import { carryOut } from "./carry-out.ts";

/** Room for a decision, and for a reasoning model to come to it (tokens). */
const decisionTokens = 1_500;
const maxSaid = 4_000;
const maxResult = 9_000;

type Tokens = SavedStep["tokens"];

/** A finished turn, or why there is none: `too-long` is answered by a shorter conversation. */
export type Turn =
  | { readonly kind: "step"; readonly step: SavedStep; readonly ends: AgentEnd | null }
  | { readonly kind: "end"; readonly ended: AgentEnd; readonly message: string; readonly tokens: Tokens }
  | { readonly kind: "too-long"; readonly tokens: Tokens };

/** What is known of a turn when it ends; the rest is the same for all. */
type Ending = Partial<SavedStep> & Pick<SavedStep, "outcome" | "result">;

/** Asks for the next decision and carries it out. Whatever the model says is a step; only an abort throws. */
export async function takeTurn(work: AgentWork, messages: readonly ChatMessage[], signal: AbortSignal): Promise<Turn> {
  const { session, member, steps } = work;
  const started = performance.now();
  const schema = { name: "turn", schema: agentAnswerSchema };
  const answer = await ask(session, member, messages, { prompt: "agent", maxTokens: decisionTokens, schema, signal });
  const tokens: Tokens = { in: answer.tokensIn, out: answer.tokensOut };
  const step = async (ending: Ending, ends: AgentEnd | null = null): Promise<Turn> => {
    const result = (await session.deps.prompting.redact(ending.result)).slice(0, maxResult);
    const ms = Math.round(performance.now() - started);
    return { kind: "step", step: { ...blank, ...ending, turn: steps.length + 1, result, tokens, ms }, ends };
  };
  const end = (reason: string, message: string): Turn =>
    reason === "prompt-too-long"
      ? { kind: "too-long", tokens }
      : { kind: "end", ended: endOf(reason), message, tokens };

  if (answer.kind === "failed") {
    if (!isOfTheAnswer(answer.reason)) return end(answer.reason, answer.message);
    return step({ outcome: "unreadable", result: answer.message }, afterUnreadable(steps));
  }
  const said = answer.text.slice(0, maxSaid);
  if (answer.value === null) {
    const result = ["The answer is not valid:", ...answer.problems.map((problem) => `- ${problem}`)].join("\n");
    return step({ said, outcome: "unreadable", result }, afterUnreadable(steps));
  }
  const decision = readDecision(answer.value);
  const why = (await session.deps.prompting.redact(answer.value.why)).slice(0, 500);
  const known = { action: answer.value.action, why, said };
  if ("problem" in decision) return step({ ...known, outcome: "failed", result: decision.problem });

  const edits = decision.action === "edit" ? await askForEdits(work, messages, said, signal) : null;
  tokens.in += edits?.tokensIn ?? 0;
  tokens.out += edits?.tokensOut ?? 0;
  if (edits?.kind === "failed") {
    if (!isOfTheAnswer(edits.reason)) return end(edits.reason, edits.message);
    return step({ ...known, outcome: "failed", result: `There are no edits: ${edits.message}` });
  }
  const key = keyOf(decision, edits?.text ?? null, work.tree);
  // A runaway answer is not kept: it would be saved and sent back with every turn.
  const code = edits === null ? null : answerProblem(edits.text) === null ? edits.text : "";
  const about = code === null ? aboutOfDecision(decision) : `${code.length} characters`;
  const decided = { ...known, about: await session.deps.prompting.redact(about), code, key };
  const progress = progressOf(steps, key);
  if (progress.kind !== "new") {
    const result = `You did exactly this at turn ${progress.turn}, and no file has changed since: it tells you nothing new. Do something else, or finish.`;
    return step({ ...decided, outcome: "repeated", result }, progress.kind === "end" ? "no-progress" : null);
  }
  const told = await carryOut(work, decision, edits?.text ?? "", signal);
  // What an abort cut short says nothing, and a resumed loop must not read it.
  signal.throwIfAborted();
  return step({ ...decided, ...told }, told.outcome === "done" ? endsBy(decision) : null);
}

const blank: Omit<SavedStep, "turn" | "outcome" | "result" | "tokens" | "ms"> = {
  action: null,
  about: "",
  why: "",
  refusals: [],
  said: "",
  code: null,
  changed: false,
  key: "",
};

function askForEdits(work: AgentWork, messages: readonly ChatMessage[], said: string, signal: AbortSignal) {
  const asked: readonly ChatMessage[] = [
    ...messages,
    { role: "assistant", content: said },
    { role: "user", content: editRequest },
  ];
  return ask(work.session, work.member, asked, { prompt: "agent", maxTokens: work.codeTokens, signal });
}

/** Failures that are about what was said, not about the host: the model may say it better. */
function isOfTheAnswer(reason: string): boolean {
  return reason === "truncated" || reason === "empty";
}

function endOf(reason: string): AgentEnd {
  return reason === "budget" ? "tokens" : "model";
}

/** Two answers in a row that are no decision end a loop. */
function afterUnreadable(steps: readonly SavedStep[]): AgentEnd | null {
  return steps.at(-1)?.outcome === "unreadable" ? "unreadable" : null;
}

function endsBy({ action }: Decision): AgentEnd | null {
  return action === "finish" ? "finished" : action === "ask" ? "asked" : null;
}

function keyOf(decision: Decision, code: string | null, tree: string): string {
  return createHash("sha256")
    .update(JSON.stringify([decision, code, tree]))
    .digest("hex")
    .slice(0, 24);
}
