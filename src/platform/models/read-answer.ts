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
  const usage = {
    tokensIn: body.usage?.prompt_tokens ?? 0,
    tokensOut: body.usage?.completion_tokens ?? 0,
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
  const text = stripThinking(raw);
  if (text === "") return failed("empty", "The answer is empty.");
  const structured =
    request.schema === undefined ? { value: null, problems: [] } : parseStructuredAnswer(text, request.schema.schema);
  return { ...usage, kind: "answer", text, finishReason, ...structured };
}
