import type { z } from "zod";
import type { Member } from "../job.ts";
import type { ChatMessage } from "../ports.ts";
import type { PromptName } from "../prompts/prompt-versions.ts";
import { retryPrompt } from "../prompts/retry-prompt.ts";
import { systemPrompt } from "../prompts/shared-prefix.ts";
import { ask, type Session } from "../session.ts";
import { type PromptSize, promptSizes } from "./prompt-code.ts";

export type Decision<T> =
  | { readonly kind: "decided"; readonly value: T }
  | { readonly kind: "left-out"; readonly reason: string };

/**
 * Asks a member for a decision as JSON. An answer that is not valid is asked for once more with what is wrong; a prompt
 * that is too long is sent in its short form (COUNCIL.md step 8). A member that then says nothing is left out.
 */
export async function askDecision<T>(
  session: Session,
  member: Member,
  question: {
    readonly name: PromptName;
    readonly schema: z.ZodType<T>;
    readonly maxTokens: number;
    /**
     * What is wrong with an answer that has its shape; it is asked for once more with that. What still is wrong then is the
     * caller's to leave out.
     */
    readonly problems?: (value: T) => readonly string[];
    /** The whole prompt, the shared prefix first. */
    readonly prompt: (size: PromptSize) => Promise<string>;
  },
  signal: AbortSignal,
): Promise<Decision<T>> {
  const { name, schema } = question;
  for (const size of promptSizes) {
    const messages: ChatMessage[] = [
      { role: "system", content: systemPrompt },
      { role: "user", content: await question.prompt(size) },
    ];
    const maxTokens = Math.min(question.maxTokens, size.answerTokens);
    const first = await ask(session, member, messages, { prompt: name, maxTokens, schema: { name, schema }, signal });
    if (first.kind === "failed" && first.reason === "prompt-too-long") continue;
    if (first.kind === "failed") return { kind: "left-out", reason: first.message };
    const problems = first.value === null ? first.problems : (question.problems?.(first.value) ?? []);
    if (first.value !== null && problems.length === 0) return { kind: "decided", value: first.value };
    messages.push(
      { role: "assistant", content: first.text.slice(0, 10_000) },
      { role: "user", content: retryPrompt(problems) },
    );
    const second = await ask(session, member, messages, { prompt: name, maxTokens, schema: { name, schema }, signal });
    const kept = second.kind === "failed" ? first.value : (second.value ?? first.value);
    if (kept !== null) return { kind: "decided", value: kept };
    if (second.kind === "failed") return { kind: "left-out", reason: second.message };
    return { kind: "left-out", reason: `Its answer was not valid: ${second.problems[0] ?? "it could not be read"}` };
  }
  return { kind: "left-out", reason: "The prompt is too long for the model, also in its short form." };
}
