import OpenAI, { APIConnectionTimeoutError, NotFoundError } from "openai";
import type { Logger } from "pino";
import { cappedFetch } from "./capped-fetch.ts";
import { type Completion, collectChunks, parseCompletion } from "./completion.ts";
import { type Dialect, firstDialect, otherWay, toParams, toStreamParams } from "./dialect.ts";
import { explainFailure } from "./explain-failure.ts";
import { type ListedModel, type Listing, readListing } from "./listing.ts";
import type { Capabilities, CompletionRequest, ModelAnswer, ModelFailure } from "./model-hosts.ts";
import { findCapabilities } from "./probe-capabilities.ts";
import { readAnswer } from "./read-answer.ts";
import { readServerMetrics, type ServerMetrics } from "./server-metrics.ts";

export type HostOptions = {
  /** Sent as Bearer to every configured host; never logged. */
  readonly apiKey?: string;
  readonly logger: Logger;
  /** Of one request, to the last byte of its answer, in milliseconds. */
  readonly timeoutMs: number;
};

export type Asked<T> = {
  readonly result: ModelAnswer<T> | ModelFailure;
  /** How long the host wants to be left alone; milliseconds. */
  readonly retryAfterMs: number;
};

/** What only the model itself shows; the rest stands in the host's list. */
export type FoundByAsking = Omit<Capabilities, keyof ListedModel>;

/** One model server, asked in its own way. */
export type Host = {
  readonly url: string;
  /** The models served now; null when the host does not answer. */
  list(): Promise<Listing | null>;
  /**
   * One request. Whatever the host does is a value; only an abort by the request's signal throws (its reason).
   * @param lost aborted when the host is found to be gone: the request fails at once as `unavailable`
   */
  complete<T>(request: CompletionRequest<T>, lost: AbortSignal): Promise<Asked<T>>;
  capabilities(model: string, signal: AbortSignal): Promise<FoundByAsking>;
  /** What the server says of its queue: null where it does not tell, `silent` when it cannot be reached. */
  metrics(): Promise<ServerMetrics | "silent" | null>;
};

const probeTimeoutMs = 5_000;
const maxBodyBytes = 8_000_000;

export function createHost(url: string, options: HostOptions): Host {
  const { logger, timeoutMs } = options;
  const boundedFetch = cappedFetch(maxBodyBytes);
  // Every field that the client would take from the environment is given; its own log would print bodies.
  const client = new OpenAI({
    baseURL: url,
    apiKey: options.apiKey ?? "none",
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off",
    fetch: boundedFetch,
  });
  /** By model: one host may serve several that differ in what they take. */
  const dialects = new Map<string, Dialect>();

  async function list(): Promise<Listing | null> {
    try {
      return readListing((await listModels()).data);
    } catch (error) {
      const { reason, message } = explainFailure(error, url);
      logger.warn({ host: url, reason, detail: message }, "model host is not healthy");
      return null;
    }
  }

  /** The protocol's paths lie below `/v1`, which is easily left out of the address. */
  async function listModels() {
    const timeout = Math.min(probeTimeoutMs, timeoutMs);
    const signal = AbortSignal.timeout(timeout);
    try {
      return await client.models.list({ timeout, signal });
    } catch (error) {
      if (!(error instanceof NotFoundError) || /\/v\d+$/.test(client.baseURL)) throw error;
      const page = await client.withOptions({ baseURL: `${url}/v1` }).models.list({ timeout, signal });
      client.baseURL = `${url}/v1`;
      return page;
    }
  }

  async function complete<T>(request: CompletionRequest<T>, lost: AbortSignal): Promise<Asked<T>> {
    const started = performance.now();
    // The client's own timeout ends with the headers; a host may still hang in the middle of its answer.
    const deadline = AbortSignal.timeout(timeoutMs);
    const signals = [deadline, lost, ...(request.signal === undefined ? [] : [request.signal])];
    try {
      const body = parseCompletion(await ask(request, AbortSignal.any(signals)));
      return { result: readAnswer(body, request, { host: url, ms: performance.now() - started }), retryAfterMs: 0 };
    } catch (error) {
      request.signal?.throwIfAborted();
      const { reason, message, retryAfterMs } = explainFailure(causeOf(error, deadline, lost), url);
      const ms = performance.now() - started;
      const nothing = { tokensIn: 0, tokensOut: 0, tokensCached: 0, tokensThinking: 0, host: url, ms, hostMs: ms };
      return { result: { ...nothing, kind: "failed", reason, message }, retryAfterMs };
    }
  }

  /**
   * Asks in the model's dialect. A host that refuses a parameter is asked again without it at once; what it answers to is
   * remembered.
   */
  async function ask<T>(request: CompletionRequest<T>, signal: AbortSignal): Promise<unknown> {
    let used = dialects.get(request.model) ?? firstDialect;
    for (;;) {
      try {
        const answer = await send(request, used, signal);
        if (used !== (dialects.get(request.model) ?? firstDialect)) learn(request.model, used);
        return answer;
      } catch (error) {
        const next = otherWay(error, used, request.schema !== undefined);
        if (next === null) throw error;
        used = next;
      }
    }
  }

  function learn(model: string, dialect: Dialect): void {
    logger.info({ host: url, model, dialect }, "the model host is asked in its own way");
    dialects.set(model, dialect);
  }

  async function send<T>(request: CompletionRequest<T>, used: Dialect, signal: AbortSignal): Promise<unknown> {
    if (!used.streams) return client.chat.completions.create(toParams(request, used), { signal });
    const completion = await collectChunks(
      await client.chat.completions.create(toStreamParams(request, used), { signal }),
    );
    // The client ends an aborted stream as if it were complete.
    signal.throwIfAborted();
    return completion;
  }

  async function capabilities(model: string, signal: AbortSignal): Promise<FoundByAsking> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const found = await findCapabilities(
      model,
      async (request): Promise<Completion> => parseCompletion(await ask(request, within)),
      async (request) =>
        client.chat.completions.create(
          { ...toParams(request, dialects.get(model) ?? firstDialect), logprobs: true },
          { signal: within },
        ),
    );
    signal.throwIfAborted();
    const dialect = dialects.get(model) ?? firstDialect;
    // A host that takes a schema and does not keep to it is told it in words.
    if (found.jsonSchema === false && dialect.schemas) learn(model, { ...dialect, schemas: false });
    return { host: url, ...found, jsonSchema: dialect.schemas ? found.jsonSchema : false };
  }

  async function metrics(): Promise<ServerMetrics | "silent" | null> {
    try {
      const response = await boundedFetch(`${client.baseURL.replace(/\/v\d+$/, "")}/metrics`, {
        headers: options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` },
        signal: AbortSignal.timeout(probeTimeoutMs),
      });
      return readServerMetrics(await response.text());
    } catch (error) {
      logger.debug(
        { host: url, kind: error instanceof Error ? error.name : "unknown" },
        "no metrics of the model host",
      );
      return "silent";
    }
  }

  return { url, list, complete, capabilities, metrics };
}

/** Which of our own signals ended a request, if one did. */
function causeOf(error: unknown, deadline: AbortSignal, lost: AbortSignal): unknown {
  if (lost.aborted) return lost.reason;
  return deadline.aborted ? new APIConnectionTimeoutError() : error;
}
