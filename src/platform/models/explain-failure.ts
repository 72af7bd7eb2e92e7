import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { AnswerTooLarge } from "./capped-fetch.ts";
import type { ModelFailureReason } from "./model-hosts.ts";

/** The reason of an abort: the host was found to be gone while a request ran there. */
export class HostLost extends Error {
  override readonly name = "HostLost";
}

/** A failure of one request in our own words. Messages of a host may echo the prompt, so they are cut short. */
export type Explained = {
  readonly reason: ModelFailureReason;
  readonly message: string;
  readonly retryAfterMs: number;
};

/**
 * What a thrown error of the client means. vLLM answers 401 with a *string* as `error`, a prompt that is too long with
 * 400 and `param: "input_tokens"`, an unknown model with 404 (ENGINES.md, "Model server").
 */
export function explainFailure(error: unknown, host: string): Explained {
  if (isTooLarge(error)) return explained("too-large", `${host} sent an answer that is too large to be read.`);
  if (error instanceof HostLost) return explained("unavailable", `${host} does not answer any more.`);
  if (error instanceof APIConnectionTimeoutError) return explained("timeout", `${host} did not answer in time.`);
  if (error instanceof APIConnectionError) return explained("unavailable", `${host} could not be reached.`);
  if (error instanceof AuthenticationError || error instanceof PermissionDeniedError) {
    return explained("unauthorized", `${host} refused the key (${error.status}).`);
  }
  if (error instanceof NotFoundError) return explained("no-model", `${host}: ${said(error) ?? "no such model"} (404).`);
  if (error instanceof RateLimitError) {
    return { ...explained("rate-limited", `${host} is over its rate limit (429).`), retryAfterMs: retryAfter(error) };
  }
  if (error instanceof APIError && error.status !== undefined) {
    if (error.status >= 500) {
      return { ...explained("unavailable", `${host} failed (${error.status}).`), retryAfterMs: retryAfter(error) };
    }
    if (isTooLong(error)) return explained("prompt-too-long", `The prompt is too long for the model at ${host}.`);
    return explained("refused", `${host} refused the request (${error.status}): ${said(error) ?? "no reason given"}.`);
  }
  if (isBrokenOff(error)) return explained("unavailable", `${host} broke off in the middle of its answer.`);
  // A body that is not JSON, or JSON of another shape, surfaces as a parse error of the client.
  return explained("not-the-protocol", `${host} did not answer with a chat completion.`);
}

/** Whether another attempt, best on another host, may go better. */
export function isPassing(reason: ModelFailureReason): boolean {
  return reason === "unavailable" || reason === "timeout" || reason === "rate-limited";
}

/** Whether another host may do better, while this one would fail again. */
export function isOfThisHost(reason: ModelFailureReason): boolean {
  return elsewhere.has(reason);
}

const elsewhere: ReadonlySet<ModelFailureReason> = new Set([
  "no-model",
  "unauthorized",
  "not-the-protocol",
  "prompt-too-long",
  "too-large",
  "empty",
]);

function explained(reason: ModelFailureReason, message: string): Explained {
  return { reason, message, retryAfterMs: 0 };
}

function isTooLarge(error: unknown): boolean {
  if (error instanceof AnswerTooLarge) return true;
  return error instanceof Error && error.cause !== undefined && isTooLarge(error.cause);
}

/** A body whose connection ended early: the client passes on what Node's fetch says, "terminated" with its cause. */
function isBrokenOff(error: unknown): boolean {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error) || !("code" in error.cause)) return false;
  return /^(UND_ERR_|ECONN|EPIPE)/.test(String(error.cause.code));
}

/** Whether a refusal is about the length of the prompt. */
export function isTooLong(error: APIError): boolean {
  return (
    error.param === "input_tokens" ||
    error.code === "context_length_exceeded" ||
    /context length|too long|maximum.*tokens/i.test(error.message)
  );
}

function said(error: APIError): string | null {
  const text =
    error.message
      .replace(/^\d{3} /, "")
      .split("\n")[0]
      ?.trim() ?? "";
  return text === "" ? null : text.slice(0, 160).replace(/\.$/, "");
}

/** `Retry-After` in seconds, at most 10 s: a council does not wait longer for one member. */
function retryAfter(error: APIError): number {
  const seconds = Number(error.headers?.get("retry-after") ?? "");
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 10) * 1000 : 0;
}
