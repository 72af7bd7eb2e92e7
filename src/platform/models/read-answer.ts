import type { Completion } from "./completion.ts";
import type { CompletionRequest, ModelAnswer, ModelFailure } from "./model-hosts.ts";
import { stripThinking } from "./strip-thinking.ts";
import { parseStructuredAnswer } from "./structured-answer.ts";

const maxTextLength = 1_000_000;

/** What a completion says, with its usage; what is no proposal is a failure, and its tokens count all the same. */
export function readAnswer<T>(
  body: Completion,
  request: Pick<CompletionRequest<T>, "schema">,
  of: { readonly host: string; readonly ms: number },
): ModelAnswer<T> | ModelFailure {
  const [choice] = body.choices;
  const raw = choice?.message.content ?? "";
  const text = raw.length > maxTextLength ? "" : stripThinking(raw);
  const usage = {
    tokensIn: body.usage?.prompt_tokens ?? 0,
    tokensOut: body.usage?.completion_tokens ?? 0,
    tokensThinking: thinkingTokens(body, raw.length - text.length),
    tokensCached: body.usage?.prompt_tokens_details?.cached_tokens ?? 0,
    ...of,
    hostMs: of.ms,
  };
  const failed = (reason: ModelFailure["reason"], message: string): ModelFailure => ({
    ...usage,
    kind: "failed",
    reason,
    message,
  });
  const finishReason = choice?.finish_reason ?? "stop";
  if (finishReason === "length") return failed("truncated", "The answer ran into its token limit.");
  if (raw.length > maxTextLength) return failed("too-large", "The answer is too large to be read.");
  if (text === "") return failed("empty", "The answer is empty.");
  const structured =
    request.schema === undefined ? { value: null, problems: [] } : parseStructuredAnswer(text, request.schema.schema);
  return { ...usage, kind: "answer", text, finishReason, ...structured };
}

/** As the host says, else by the share that the thinking has of all characters; `inText` of them stood in the answer. */
function thinkingTokens({ choices, usage }: Completion, inText: number): number {
  const told = usage?.completion_tokens_details?.reasoning_tokens;
  if (told !== undefined) return told;
  const message = choices[0]?.message;
  const beside = (message?.reasoning_content ?? message?.reasoning ?? "").length;
  const all = beside + (message?.content ?? "").length;
  return all === 0 ? 0 : Math.round(((usage?.completion_tokens ?? 0) * (beside + inText)) / all);
}
