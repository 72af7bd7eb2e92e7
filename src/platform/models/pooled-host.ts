import type { Logger } from "pino";
import { type CircuitOutcome, createCircuit } from "./circuit.ts";
import { HostLost } from "./explain-failure.ts";
import { type Asked, createHost, type HostOptions } from "./host.ts";
import { createHostTokenCounts } from "./host-token-counts.ts";
import { createKnownModels } from "./known-models.ts";
import type { ListedModel } from "./listing.ts";
import type { Capabilities, CompletionRequest, HostState, ModelFailureReason } from "./model-hosts.ts";
import type { HostView } from "./schedule/choose-host.ts";
import { createConcurrencyLimit, isQueueing, paceOf } from "./schedule/concurrency-limit.ts";
import { watchLoad } from "./watch-load.ts";

export type PooledHostOptions = HostOptions & {
  readonly logger: Logger;
  /** Requests at once to one host at most; how many it really takes is found by trying. */
  readonly concurrencyPerHost: number;
  /** Failures in a row that take a host out of use, and for how long in milliseconds; default 3 and 15,000. */
  readonly circuit?: { readonly failures: number; readonly coolDownMs: number };
  /** Between two looks at a server's queue, in milliseconds; default 1,000. */
  readonly metricsEveryMs?: number;
};

/** A host with what the pool knows of it: health, models, load, and how much it takes at once. */
export type PooledHost = {
  readonly url: string;
  /** Null: it cannot serve the call, or rests. */
  view(call: { readonly model: string; readonly promptLength: number }): Omit<HostView, "warm" | "tried"> | null;
  /** Whether it may be asked for anything. */
  mayAsk(): boolean;
  /** Milliseconds until the pause that it asked for is over; 0: none. */
  pausedForMs(): number;
  ask<T>(request: CompletionRequest<T>, promptLength: number): Promise<Asked<T>>;
  /** Why it rests, in one sentence; null before its first failure. */
  lastFailure(): string | null;
  /** Asks what it serves; empty when it does not answer. */
  discover(): Promise<readonly string[]>;
  /** Resolves when it was asked once what it serves; asks again in the background when that is long ago. */
  known(): Promise<void>;
  capabilities(model: string, signal: AbortSignal): Promise<Capabilities | null>;
  /** Tokens of a text as the model counts them; null where it does not list the model, rests, or does not tell. */
  countTokens(model: string, text: string): Promise<number | null>;
  /** What its list says of the model. */
  listed(model: string): ListedModel;
  state(): HostState;
};

const usualInitial = 8;

/** @param changed called when the host may take more than before @param lostCache called when its prefix cache is gone */
export function createPooledHost(
  url: string,
  options: PooledHostOptions,
  changed: () => void,
  lostCache: () => void,
): PooledHost {
  const { logger, concurrencyPerHost, metricsEveryMs = 1_000 } = options;
  const { failures, coolDownMs } = options.circuit ?? { failures: 3, coolDownMs: 15_000 };
  const host = createHost(url, options);
  const counts = createHostTokenCounts(url, options);
  const circuit = createCircuit(failures, coolDownMs, () => performance.now());
  const limit = createConcurrencyLimit({ initial: usualInitial, max: concurrencyPerHost });
  const models = createKnownModels(host, {
    answered: () => circuit.close(),
    changed() {
      found.clear();
      counts.forget();
      lostCache();
    },
  });
  /** By model, what it can do; only where nothing stayed unknown. */
  const found = new Map<string, Capabilities>();
  let running = 0;
  let pausedUntil = 0;
  let lost = new AbortController();
  let lastFailure: string | null = null;

  const watch = watchLoad({
    host,
    everyMs: metricsEveryMs,
    busy: () => running > 0,
    seen(metrics) {
      limit.observed(metrics, running);
      changed();
    },
    lost() {
      logger.warn({ host: url, running }, "the model host is gone; its requests go elsewhere");
      circuit.open();
      lost.abort(new HostLost(url));
      lost = new AbortController();
    },
  });

  const pausedForMs = (): number => Math.max(0, pausedUntil - performance.now());

  function free(): number {
    if (pausedForMs() > 0) return 0;
    if (circuit.state === "half-open") return 1;
    return circuit.state === "trying" ? 0 : Math.max(0, limit.current - running);
  }

  async function ask<T>(request: CompletionRequest<T>, promptLength: number): Promise<Asked<T>> {
    running += 1;
    const end = circuit.begin();
    let outcome: CircuitOutcome = "unclear";
    watch.wake();
    try {
      const asked = await host.complete(request, lost.signal);
      const { result, retryAfterMs } = asked;
      const reason = result.kind === "failed" ? result.reason : null;
      outcome = outcomeOf(reason);
      if (result.kind === "failed" && outcome === "failed") lastFailure = result.message;
      if (retryAfterMs > 0) pausedUntil = performance.now() + retryAfterMs;
      if (reason === "rate-limited" || reason === "timeout") limit.overloaded();
      if (result.kind === "answer") limit.answered(paceOf(result.ms, result.tokensIn, result.tokensOut), running);
      if (reason === "prompt-too-long") models.refusedLength(request.model, promptLength);
      if (reason === "no-model") models.refresh();
      return asked;
    } finally {
      running -= 1;
      end(outcome);
      if (circuit.state === "open") lostCache();
    }
  }

  return {
    url,
    view({ model, promptLength }) {
      if (!circuit.mayAsk() || !models.mayServe(model)) return null;
      const { last } = watch;
      // Other processes' requests load a host as well, where it tells them.
      const load = Math.max(running, last === null ? 0 : last.running + last.waiting) / limit.current;
      const queueing = last !== null && isQueueing(last);
      return { url, free: free(), load, queueing, tooSmall: models.isTooSmall(model, promptLength) };
    },
    mayAsk: circuit.mayAsk,
    pausedForMs,
    lastFailure: () => lastFailure,
    ask,
    discover: async () => [...((await models.ask()) ?? new Map()).keys()],
    known: models.known,
    listed: models.listed,
    async countTokens(model, text) {
      return circuit.mayAsk() && models.names()?.includes(model) === true ? counts.count(model, text) : null;
    },
    async capabilities(model, signal) {
      if (!models.mayServe(model)) return null;
      const known = found.get(model);
      if (known !== undefined) return known;
      const all = { ...(await host.capabilities(model, signal)), ...models.listed(model) };
      if (all.jsonSchema !== null && all.usage !== null && all.logprobs !== null) found.set(model, all);
      return all;
    },
    state: () => ({
      host: url,
      health: !circuit.mayAsk() ? "resting" : pausedForMs() > 0 ? "paused" : "up",
      running,
      limit: limit.current,
      models: models.names(),
      metrics: watch.last,
    }),
  };
}

/** What a request's end says of the host's health: a refusal of the request is a sign of life. */
function outcomeOf(reason: ModelFailureReason | null): CircuitOutcome {
  if (reason === "rate-limited" || reason === "too-large") return "unclear";
  const sick: readonly (ModelFailureReason | null)[] = ["unavailable", "timeout", "not-the-protocol", "unauthorized"];
  return sick.includes(reason) ? "failed" : "succeeded";
}
