import OpenAI, { APIUserAbortError, BadRequestError } from "openai";
import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionMessageParam } from "openai/resources/chat";
import pLimit from "p-limit";
import type { Logger } from "pino";
import { z } from "zod";
import { cappedFetch } from "./capped-fetch.ts";
import { createCircuit } from "./circuit.ts";
import { explainFailure, isPassing } from "./explain-failure.ts";
import type { ChatMessage, CompletionRequest, ModelAnswer, ModelFailure } from "./model-hosts.ts";
import { stripThinking } from "./strip-thinking.ts";
import { answerJsonSchema, parseStructuredAnswer } from "./structured-answer.ts";

export type HostOptions = {
  /** Sent as Bearer to every configured host; never logged. */
  readonly apiKey?: string;
  readonly logger: Logger;
  /** Of one request, in milliseconds. */
  readonly timeoutMs: number;
  /** Requests at once to one host. */
  readonly concurrencyPerHost: number;
  /** Failures in a row that take a host out of use, and for how long in milliseconds; default 3 and 15,000. */
  readonly circuit?: { readonly failures: number; readonly coolDownMs: number };
};

type Asked<T> = { readonly result: ModelAnswer<T> | ModelFailure; readonly retryAfterMs: number };

/** One model host of the pool. */
export type Host = {
  readonly url: string;
  /** Models served now; empty when the host does not answer. */
  probe(): Promise<readonly string[]>;
  /** False only when the last probe said that the host serves other models. */
  mayServe(model: string): boolean;
  /** Whether the circuit lets requests through. */
  available(): boolean;
  /** Requests running and waiting. */
  load(): number;
  complete<T>(request: CompletionRequest<T>): Promise<Asked<T>>;
};

const probeTimeoutMs = 5_000;
const maxBodyBytes = 8_000_000;
const maxTextLength = 1_000_000;

// Only what is used: hosts differ in the rest. vLLM sends null for a missing content, and some leave `usage` out.
const completionSchema = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }))
    .min(1),
  usage: z.object({ prompt_tokens: z.int().catch(0), completion_tokens: z.int().catch(0) }).nullish(),
});

export function createHost(url: string, options: HostOptions): Host {
  const { failures, coolDownMs } = options.circuit ?? { failures: 3, coolDownMs: 15_000 };
  const circuit = createCircuit(failures, coolDownMs, () => performance.now());
  const limit = pLimit(options.concurrencyPerHost);
  // Every field that the client would take from the environment is given; its own log would print bodies.
  const client = new OpenAI({
    baseURL: url,
    apiKey: options.apiKey ?? "none",
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: options.timeoutMs,
    logLevel: "off",
    fetch: cappedFetch(maxBodyBytes),
  });
  let served: readonly string[] | null = null;
  let refusesSchemas = false;

  async function probe(): Promise<readonly string[]> {
    try {
      const page = await client.models.list({ timeout: Math.min(probeTimeoutMs, options.timeoutMs) });
      const models = z.array(z.object({ id: z.string().min(1) })).parse(page.data);
      served = models.map((model) => model.id);
      circuit.succeeded();
      return served;
    } catch (error) {
      options.logger.warn({ host: url, reason: explainFailure(error, url).reason }, "model host is not healthy");
      served = null;
      return [];
    }
  }

  async function complete<T>(request: CompletionRequest<T>): Promise<Asked<T>> {
    return limit(async () => {
      request.signal?.throwIfAborted();
      const started = performance.now();
      const usage = { tokensIn: 0, tokensOut: 0, host: url };
      try {
        const body = completionSchema.parse(await ask(request));
        circuit.succeeded();
        return { result: read(body, request, performance.now() - started), retryAfterMs: 0 };
      } catch (error) {
        if (error instanceof APIUserAbortError) request.signal?.throwIfAborted();
        const { reason, message, retryAfterMs } = explainFailure(error, url);
        if (isPassing(reason) && reason !== "rate-limited") circuit.failed();
        const ms = performance.now() - started;
        return { result: { ...usage, kind: "failed", reason, message, ms }, retryAfterMs };
      }
    });
  }

  /** With constrained decoding where the host has it; a host that refuses it is told the schema in words from then on. */
  async function ask<T>(request: CompletionRequest<T>): Promise<unknown> {
    const { schema } = request;
    if (schema === undefined || refusesSchemas) return send(request, {}, inWords(request));
    try {
      const json = { name: schema.name, schema: answerJsonSchema(schema.schema), strict: true };
      return await send(request, { response_format: { type: "json_schema", json_schema: json } }, request.messages);
    } catch (error) {
      const mayBeSchema = error instanceof BadRequestError && explainFailure(error, url).reason === "refused";
      if (!mayBeSchema) throw error;
      const answer = await send(request, {}, inWords(request));
      refusesSchemas = true;
      return answer;
    }
  }

  function send<T>(
    request: CompletionRequest<T>,
    extra: Partial<ChatCompletionCreateParamsNonStreaming>,
    messages: readonly ChatMessage[],
  ): Promise<unknown> {
    return client.chat.completions.create(
      {
        model: request.model,
        messages: messages.map(asParam),
        temperature: request.temperature,
        max_tokens: request.maxTokens,
        ...(request.seed === undefined ? {} : { seed: request.seed }),
        ...extra,
      },
      request.signal === undefined ? {} : { signal: request.signal },
    );
  }

  function read<T>(
    body: z.infer<typeof completionSchema>,
    request: CompletionRequest<T>,
    ms: number,
  ): ModelAnswer<T> | ModelFailure {
    const choice = body.choices[0];
    const raw = choice?.message.content ?? "";
    const tokensIn = body.usage?.prompt_tokens ?? 0;
    const usage = { tokensIn, tokensOut: body.usage?.completion_tokens ?? 0, ms, host: url };
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

  return {
    url,
    probe,
    mayServe: (model) => served === null || served.includes(model),
    available: circuit.closed,
    load: () => limit.activeCount + limit.pendingCount,
    complete,
  };
}

function asParam(message: ChatMessage): ChatCompletionMessageParam {
  return { role: message.role, content: message.content };
}

function inWords<T>(request: CompletionRequest<T>): readonly ChatMessage[] {
  const last = request.messages.at(-1);
  if (request.schema === undefined || last === undefined) return request.messages;
  const schema = JSON.stringify(answerJsonSchema(request.schema.schema));
  const content = `${last.content}\n\nAnswer with one JSON object and nothing else. It must match this JSON Schema:\n${schema}`;
  return [...request.messages.slice(0, -1), { role: last.role, content }];
}
