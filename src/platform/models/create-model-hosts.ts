import { setTimeout as sleep } from "node:timers/promises";
import { isOfThisHost, isPassing } from "./explain-failure.ts";
import type { ListedModel } from "./listing.ts";
import type { CompletionRequest, ModelAnswer, ModelFailure, ModelHosts } from "./model-hosts.ts";
import { createPlaces } from "./places.ts";
import { createPooledHost, type PooledHost, type PooledHostOptions } from "./pooled-host.ts";
import { createWarmPrefixes } from "./schedule/warm-prefixes.ts";
import { createUsageLedger } from "./usage-ledger.ts";

export type ModelHostsOptions = PooledHostOptions & {
  /** Base URLs, e.g. `http://gpu-1:8000/v1`. */
  readonly hosts: readonly string[];
  /** Requests for one answer, all hosts together; default 3. */
  readonly attempts?: number;
  /** Base of the wait between two attempts, in milliseconds, with jitter; default 300. */
  readonly retryDelayMs?: number;
};

/**
 * A pool of OpenAI-compatible hosts. Calls wait in one queue, fair between installations, urgent ones first; each goes to
 * the host that holds its prefix or else to the least loaded, as many at once as that host takes without a queue. What
 * fails is tried again elsewhere, with jitter; a host that fails in a row rests. The key goes to the configured hosts
 * only, so a job that names an unknown host is served by a configured one with the same model.
 */
export function createModelHosts(options: ModelHostsOptions): ModelHosts {
  const { attempts = 3, retryDelayMs = 300, logger } = options;
  const warm = createWarmPrefixes();
  const hosts: readonly PooledHost[] = [...new Set(options.hosts)].map((url) =>
    createPooledHost(
      url,
      options,
      () => places.look(),
      () => warm.forget(url),
    ),
  );
  const places = createPlaces(hosts, warm);
  const ledger = createUsageLedger();

  let allKnown = false;

  /** Each host is asked once what it serves before the first call; a host that hangs holds nobody who is stopped. */
  async function untilKnown(signal: AbortSignal | undefined): Promise<void> {
    const known = Promise.all(hosts.map((host) => host.known()));
    if (allKnown) return;
    const stopped = new Promise<void>((resolve) => {
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
    signal?.throwIfAborted();
    await Promise.race([known, stopped]);
    signal?.throwIfAborted();
    allKnown = true;
  }

  /** What the hosts that list a model say of it. */
  async function listed(model: string, signal: AbortSignal | undefined): Promise<readonly ListedModel[]> {
    await untilKnown(signal);
    return hosts.filter((host) => host.state().models?.includes(model)).map((host) => host.listed(model));
  }

  async function complete<T>(request: CompletionRequest<T>): Promise<ModelAnswer<T> | ModelFailure> {
    const { model, signal, installation = null } = request;
    const started = performance.now();
    await untilKnown(signal);
    const promptLength = request.messages.reduce((sum, { content }) => sum + content.length, 0);
    const tried: PooledHost[] = [];
    let failure = noHost(model, hosts);
    let spent = { tokensIn: 0, tokensOut: 0, tokensCached: 0, tokensThinking: 0, hostMs: 0 };
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const served = await places.ask({ request, promptLength, tried });
      if (served === null) {
        // Whoever could have answered rests by now: the last failure says more than that nobody is left.
        if (tried.length === 0) failure = noHost(model, hosts);
        break;
      }
      const { result, retryAfterMs } = served;
      ledger.record({ installation, model }, result);
      spent = {
        tokensIn: spent.tokensIn + result.tokensIn,
        tokensOut: spent.tokensOut + result.tokensOut,
        tokensCached: spent.tokensCached + result.tokensCached,
        tokensThinking: spent.tokensThinking + result.tokensThinking,
        hostMs: spent.hostMs + result.hostMs,
      };
      if (result.kind === "answer") return { ...result, ...spent, ms: performance.now() - started };
      failure = result;
      const { host, reason } = result;
      logger.warn({ host, model, reason, attempt }, "no answer from a model host");
      tried.push(served.host);
      const others = hosts.some((each) => !tried.includes(each) && each.view({ model, promptLength }) !== null);
      if (!isPassing(reason) && !(isOfThisHost(reason) && others)) break;
      if (attempt < attempts) await pause(others ? 0 : retryAfterMs, attempt, signal);
    }
    return { ...failure, ...spent, ms: performance.now() - started };
  }

  async function pause(atLeastMs: number, attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const jittered = retryDelayMs * attempt * (0.5 + Math.random());
    try {
      await sleep(Math.max(atLeastMs, jittered), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  return {
    async discover() {
      const served = await Promise.all(
        hosts.map(async (host) => (await host.discover()).map((model) => ({ host: host.url, model }))),
      );
      return served.flat();
    },
    complete,
    async capabilities(model, signal = new AbortController().signal) {
      await untilKnown(signal);
      const found = await Promise.all(hosts.map((host) => host.capabilities(model, signal)));
      return found.filter((each) => each !== null);
    },
    async contextLength(model, signal) {
      const lengths = (await listed(model, signal)).map(({ contextLength }) => contextLength);
      const known = lengths.filter((length) => length !== null);
      return known.length === 0 || known.length < lengths.length ? null : Math.min(...known);
    },
    async parameters(model, signal) {
      const known = (await listed(model, signal)).flatMap(({ parameters }) => parameters ?? []);
      return known.length === 0 ? null : Math.min(...known);
    },
    async countTokens(model, text) {
      await untilKnown(undefined);
      for (const host of hosts) {
        const count = await host.countTokens(model, text);
        if (count !== null) return count;
      }
      return null;
    },
    hosts: () => hosts.map((host) => host.state()),
    usage: ledger.totals,
  };
}

function noHost(model: string, hosts: readonly PooledHost[]): ModelFailure {
  const nothing = { tokensIn: 0, tokensOut: 0, tokensCached: 0, tokensThinking: 0, ms: 0, hostMs: 0 } as const;
  const nobody = { ...nothing, kind: "failed", host: "" } as const;
  if (hosts.length === 0) return { ...nobody, reason: "no-model", message: "No model host is configured." };
  if (hosts.some((host) => host.mayAsk())) {
    return { ...nobody, reason: "no-model", message: `No model host serves ${model.slice(0, 100)}.` };
  }
  const last = hosts.map((host) => host.lastFailure()).find((message) => message !== null) ?? "";
  return { ...nobody, reason: "unavailable", message: `Every model host is out of use after failures. ${last}`.trim() };
}
