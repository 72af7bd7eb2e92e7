import OpenAI, { APIUserAbortError, NotFoundError } from "openai";
import pLimit from "p-limit";
import type { Logger } from "pino";
import { z } from "zod";
import { cappedFetch } from "./capped-fetch.ts";
import { createCircuit } from "./circuit.ts";
import { type Completion, collectChunks, parseCompletion } from "./completion.ts";
import { type Dialect, firstDialect, otherWay, toParams } from "./dialect.ts";
import { explainFailure, isPassing } from "./explain-failure.ts";
import type { CompletionRequest, ModelAnswer, ModelFailure } from "./model-hosts.ts";
import { stripThinking } from "./strip-thinking.ts";
import { parseStructuredAnswer } from "./structured-answer.ts";

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
  let dialect = firstDialect;

  async function probe(): Promise<readonly string[]> {
    try {
      const page = await listModels();
      const models = z.array(z.object({ id: z.string().min(1) })).parse(page.data);
      served = chatModels(models.map((model) => model.id));
      circuit.succeeded();
      return served;
    } catch (error) {
      const { reason, message } = explainFailure(error, url);
      options.logger.warn({ host: url, reason, detail: message }, "model host is not healthy");
      served = null;
      return [];
    }
  }

  /** The protocol's paths lie below `/v1`, which is easily left out of the address. */
  async function listModels() {
    const timeout = Math.min(probeTimeoutMs, options.timeoutMs);
    try {
      return await client.models.list({ timeout });
    } catch (error) {
      if (!(error instanceof NotFoundError) || /\/v\d+$/.test(client.baseURL)) throw error;
      const page = await client.withOptions({ baseURL: `${url}/v1` }).models.list({ timeout });
      client.baseURL = `${url}/v1`;
      return page;
    }
  }

  async function complete<T>(request: CompletionRequest<T>): Promise<Asked<T>> {
    return limit(async () => {
      request.signal?.throwIfAborted();
      const started = performance.now();
      const usage = { tokensIn: 0, tokensOut: 0, host: url };
      try {
        const body = parseCompletion(await ask(request));
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

  /**
   * Asks in the host's dialect. A host that refuses a parameter is asked again without it at once; what it answers to is
   * remembered.
   */
  async function ask<T>(request: CompletionRequest<T>): Promise<unknown> {
    let used = dialect;
    for (;;) {
      try {
        const answer = await send(request, used);
        if (used !== dialect)
          options.logger.info({ host: url, dialect: used }, "the model host is asked in its own way");
        dialect = used;
        return answer;
      } catch (error) {
        const next = otherWay(error, used, request.schema !== undefined);
        if (next === null) throw error;
        used = next;
      }
    }
  }

  async function send<T>(request: CompletionRequest<T>, used: Dialect): Promise<unknown> {
    const signal = request.signal === undefined ? {} : { signal: request.signal };
    if (!used.streams) return client.chat.completions.create(toParams(request, used), signal);
    const stream = await client.chat.completions.create({ ...toParams(request, used), stream: true }, signal);
    return collectChunks(stream);
  }

  function read<T>(body: Completion, request: CompletionRequest<T>, ms: number): ModelAnswer<T> | ModelFailure {
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

/** Names of models that answer no chat; hosts list them beside the others. */
const noChat = /embed|rerank|whisper|transcri|\btts\b|moderation|diffusion|dall-e|\bclip\b|\bocr\b/i;

/** The models that may be asked; all of them where no name says that it can chat. */
function chatModels(models: readonly string[]): readonly string[] {
  const able = models.filter((model) => !noChat.test(model));
  return able.length > 0 ? able : models;
}
