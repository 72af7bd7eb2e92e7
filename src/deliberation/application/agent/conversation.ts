import type { SavedStep } from "../../domain/agent/agent-run.ts";
import { shortenedTurns, shortText, type TurnText } from "../../domain/agent/transcript.ts";
import type { ChatMessage, Prompting } from "../ports.ts";
import { editRequest, resultText } from "../prompts/agent-prompt.ts";

/** Of a turn's edits so much is shown again, in characters; they are in the files. */
const maxCode = 20_000;

/** The turns of a loop as a conversation, within a number of tokens. */
export type Conversation = (steps: readonly SavedStep[], limitTokens: number) => readonly ChatMessage[];

/**
 * Turns steps into the messages that led to them: the opening, then each decision with what came of it. The same steps are
 * the same messages, also in another worker; what is old is shortened where it grows too long (`shortenedTurns`).
 */
export function createConversation(opening: readonly ChatMessage[], turns: number, prompting: Prompting): Conversation {
  const sizes = new WeakMap<SavedStep, { readonly full: number; readonly short: number }>();
  const textOf = (step: SavedStep): TurnText => ({
    said: step.said === "" ? "(nothing)" : step.said,
    edit: step.code === null ? null : { request: editRequest, code: step.code.slice(0, maxCode) || "(nothing)" },
    result: resultText(step, turns - step.turn, prompting),
  });
  const sizeOf = (text: TurnText): number =>
    messagesOf(text).reduce((sum, { content }) => sum + prompting.countTokens(content), 0);
  return (steps, limitTokens) => {
    const texts = steps.map(textOf);
    const sized = texts.map((text, at) => {
      const step = steps[at];
      const known = step === undefined ? undefined : sizes.get(step);
      if (known !== undefined || step === undefined) return known ?? { full: 0, short: 0 };
      const size = { full: sizeOf(text), short: sizeOf(shortText(step, text)) };
      sizes.set(step, size);
      return size;
    });
    const short = shortenedTurns(sized, limitTokens);
    const shown = texts.map((text, at) => {
      const step = steps[at];
      return at < short && step !== undefined ? shortText(step, text) : text;
    });
    return [...opening, ...shown.flatMap(messagesOf)];
  };
}

function messagesOf({ said, edit, result }: TurnText): ChatMessage[] {
  const decided: ChatMessage = { role: "assistant", content: said };
  const told: ChatMessage = { role: "user", content: result };
  if (edit === null) return [decided, told];
  return [decided, { role: "user", content: edit.request }, { role: "assistant", content: edit.code }, told];
}
