import type { z } from "zod";

/** One turn of a conversation. */
export type ChatMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** A schema that constrains an answer: the same one is sent as JSON Schema and parses what comes back. */
export type AnswerSchema<T> = { readonly name: string; readonly schema: z.ZodType<T> };

export type CompletionRequest<T = never> = {
  /** Preferred host (base URL): affinity keeps a council on the host that holds its prefix. */
  readonly host?: string;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  /** Tokens of the answer. */
  readonly maxTokens: number;
  readonly seed?: number;
  readonly schema?: AnswerSchema<T>;
  readonly signal?: AbortSignal;
};

/**
 * Why there is no answer. One closed list:
 * `no-model` nobody serves this model or has an answer for it (404) · `unauthorized` wrong key (401, 403) ·
 * `prompt-too-long` · `refused` another 4xx · `rate-limited` (429) · `timeout` · `unavailable` (5xx, no connection,
 * circuit open) · `not-the-protocol` the body is not a chat completion · `truncated` (`finish_reason: "length"`) ·
 * `empty` · `too-large`.
 */
export type ModelFailureReason =
  | "no-model"
  | "unauthorized"
  | "prompt-too-long"
  | "refused"
  | "rate-limited"
  | "timeout"
  | "unavailable"
  | "not-the-protocol"
  | "truncated"
  | "empty"
  | "too-large";

type Usage = { readonly tokensIn: number; readonly tokensOut: number; readonly ms: number; readonly host: string };

export type ModelAnswer<T = never> = Usage & {
  readonly kind: "answer";
  /** Without reasoning (`<think>` blocks). */
  readonly text: string;
  readonly finishReason: string;
  /** The parsed answer where a schema was asked for; null when it does not match (see `problems`). */
  readonly value: T | null;
  /** What the schema's validator said, one sentence each; empty without a schema. */
  readonly problems: readonly string[];
};

export type ModelFailure = Usage & {
  readonly kind: "failed";
  readonly reason: ModelFailureReason;
  /** One sentence for people; holds no key and none of the prompt. */
  readonly message: string;
};

export type ServedModel = { readonly host: string; readonly model: string };

/** The model hosts of this process (COUNCIL.md, "Talking to the models"). */
export interface ModelHosts {
  /** What the healthy hosts serve now (GET /v1/models), in the order of the configuration. */
  discover(): Promise<readonly ServedModel[]>;
  /**
   * One answer. A host that fails is a value, not an exception; only an abort by `signal` throws (its reason).
   * `finish_reason: "length"` is no proposal, whatever the text.
   */
  complete<T = never>(request: CompletionRequest<T>): Promise<ModelAnswer<T> | ModelFailure>;
}
