import type { z } from "zod";
import type { Priority } from "./schedule/fair-queue.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** One turn of a conversation. */
export type ChatMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** A schema that constrains an answer: the same one is sent as JSON Schema and parses what comes back. */
export type AnswerSchema<T> = { readonly name: string; readonly schema: z.ZodType<T> };

export type CompletionRequest<T = never> = {
  /** Base URL of the host that is taken of equals, for a call without `prefix`. */
  readonly host?: string;
  /**
   * Names the beginning that the prompt shares with others, such as a council's: they go to the host whose prefix cache
   * holds it, as long as no queue grows there.
   */
  readonly prefix?: string;
  /** Whose share of the hosts this takes; calls without one share theirs. */
  readonly installation?: number;
  /** Default `normal`. */
  readonly priority?: Priority;
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
export const modelFailureReasons = [
  "no-model",
  "unauthorized",
  "prompt-too-long",
  "refused",
  "rate-limited",
  "timeout",
  "unavailable",
  "not-the-protocol",
  "truncated",
  "empty",
  "too-large",
] as const;

export type ModelFailureReason = (typeof modelFailureReasons)[number];

/** As the host's `usage` says, all attempts together; 0 where it says nothing. `ms` is wall time, waiting included. */
type Usage = {
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Of `tokensIn`, those that the host's prefix cache held; 0 where it does not tell. */
  readonly tokensCached: number;
  /** Of `tokensOut`, those that a reasoning model thought with; estimated by length where the host does not tell. */
  readonly tokensThinking: number;
  readonly ms: number;
  /** Of `ms`, the time of requests at hosts, without waiting for them. */
  readonly hostMs: number;
  readonly host: string;
};

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

/** What a host can do with a model; null: it could not be found out. */
export type Capabilities = {
  readonly host: string;
  /** Tokens of prompt and answer together, as the host's list of models says. */
  readonly contextLength: number | null;
  /** How many weights the model has, as the host's list of models says. */
  readonly parameters: number | null;
  /** Whether answers keep to a JSON Schema that is sent along. */
  readonly jsonSchema: boolean | null;
  /** Whether answers say how many tokens they took. */
  readonly usage: boolean | null;
  /** Whether the probabilities of tokens can be had. */
  readonly logprobs: boolean | null;
};

/** A host as it stands now, in this process. */
export type HostState = {
  readonly host: string;
  /** `resting`: out of use after failures; `paused`: it asked for a pause. */
  readonly health: "up" | "resting" | "paused";
  readonly running: number;
  /** Requests at once that it is given at most. */
  readonly limit: number;
  /** Null: it has not told them. */
  readonly models: readonly string[] | null;
  /** What its server said last of itself; null where it does not. */
  readonly metrics: ServerMetrics | null;
};

/** What was used since the process started; tokens as in `usage`, `ms` of requests, without waiting. */
export type UsageTotal = {
  readonly installation: number | null;
  readonly model: string;
  readonly host: string;
  readonly requests: number;
  /** Requests without an answer of use, by reason. */
  readonly failures: Readonly<Partial<Record<ModelFailureReason, number>>>;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly tokensCached: number;
  readonly tokensThinking: number;
  readonly ms: number;
};

/** The model hosts of this process (COUNCIL.md, "Talking to the models"). */
export interface ModelHosts {
  /** What the healthy hosts serve now (GET /v1/models), in the order of the configuration. */
  discover(): Promise<readonly ServedModel[]>;
  /**
   * One answer. A host that fails is a value, not an exception; only an abort by `signal` throws (its reason).
   * `finish_reason: "length"` is no proposal, whatever the text.
   */
  complete<T = never>(request: CompletionRequest<T>): Promise<ModelAnswer<T> | ModelFailure>;
  /**
   * What each host that serves the model can do with it, found out by two small requests, once for each. These are not
   * in the account.
   */
  capabilities(model: string, signal?: AbortSignal): Promise<readonly Capabilities[]>;
  /**
   * Tokens of prompt and answer together that every host which lists the model takes, as their lists say; null where one
   * does not say, or none lists it.
   */
  contextLength(model: string, signal?: AbortSignal): Promise<number | null>;
  /** How many weights the model has, the least that a host's list says; null where none does. */
  parameters(model: string, signal?: AbortSignal): Promise<number | null>;
  /** Tokens of a text by the model's own tokenizer, at a host that lists it; null where none tells. */
  countTokens(model: string, text: string): Promise<number | null>;
  hosts(): readonly HostState[];
  /** The account, by installation, model and host; one request more for each attempt. */
  usage(): readonly UsageTotal[];
}
