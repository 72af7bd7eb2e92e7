import { setTimeout as sleep } from "node:timers/promises";
import { isPassing } from "./explain-failure.ts";
import { createHost, type Host, type HostOptions } from "./host.ts";
import type { CompletionRequest, ModelAnswer, ModelFailure, ModelHosts, ServedModel } from "./model-hosts.ts";

export type ModelHostsOptions = HostOptions & {
  /** Base URLs, e.g. `http://gpu-1:8000/v1`. */
  readonly hosts: readonly string[];
  /** Requests for one answer, all hosts together; default 3. */
  readonly attempts?: number;
  /** Base of the wait between two attempts, in milliseconds, with jitter; default 300. */
  readonly retryDelayMs?: number;
};

/**
 * A pool of OpenAI-compatible hosts: discovery, affinity with least-loaded routing, a limit of requests and a circuit
 * per host, retry with jitter on another host for passing faults. The key goes to the configured hosts only, so a job
 * that names an unknown host is served by a configured one with the same model.
 */
export function createModelHosts(options: ModelHostsOptions): ModelHosts {
  const { attempts = 3, retryDelayMs = 300, logger } = options;
  const hosts = options.hosts.map((url) => createHost(url, options));

  async function discover(): Promise<readonly ServedModel[]> {
    const served = await Promise.all(
      hosts.map(async (host) => (await host.probe()).map((model) => ({ host: host.url, model }))),
    );
    return served.flat();
  }

  /** The next host to ask: one that serves the model and was not tried, the preferred one first, then the idlest. */
  function next(request: { host?: string; model: string }, tried: readonly Host[]): Host | null {
    const able = hosts.filter((host) => host.available() && host.mayServe(request.model));
    const fresh = able.filter((host) => !tried.includes(host));
    const pool = fresh.length > 0 ? fresh : able;
    return pool.find((host) => host.url === request.host) ?? pool.sort((a, b) => a.load() - b.load())[0] ?? null;
  }

  async function complete<T>(request: CompletionRequest<T>): Promise<ModelAnswer<T> | ModelFailure> {
    const tried: Host[] = [];
    let failure = noHost(request.model, hosts);
    let tokens = { tokensIn: 0, tokensOut: 0 };
    const started = performance.now();
    for (let attempt = 1; attempt <= attempts; attempt++) {
      request.signal?.throwIfAborted();
      const host = next(request, tried);
      if (host === null) break;
      const { result, retryAfterMs } = await host.complete(request);
      const spent = { tokensIn: tokens.tokensIn + result.tokensIn, tokensOut: tokens.tokensOut + result.tokensOut };
      if (result.kind === "answer") return { ...result, ...spent, ms: performance.now() - started };
      failure = result;
      tokens = spent;
      logger.warn(
        { host: host.url, model: request.model, reason: result.reason, attempt },
        "no answer from a model host",
      );
      tried.push(host);
      // A model that moved away from one host may be served by another; every other refusal stays a refusal.
      const elsewhere = result.reason === "no-model" && hosts.some((each) => !tried.includes(each));
      if (!isPassing(result.reason) && !elsewhere) break;
      const untried = hosts.some((each) => !tried.includes(each) && each.available());
      if (attempt < attempts && !elsewhere) await pause(untried ? 0 : retryAfterMs, attempt, request.signal);
    }
    return { ...failure, ...tokens, ms: performance.now() - started };
  }

  function pause(atLeastMs: number, attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const jittered = retryDelayMs * attempt * (0.5 + Math.random());
    return sleep(Math.max(atLeastMs, jittered), undefined, signal === undefined ? {} : { signal });
  }

  return { discover, complete };
}

function noHost(model: string, hosts: readonly Host[]): ModelFailure {
  const nobody = { kind: "failed", tokensIn: 0, tokensOut: 0, ms: 0, host: "" } as const;
  if (hosts.length === 0) return { ...nobody, reason: "no-model", message: "No model host is configured." };
  if (hosts.some((host) => host.available())) {
    return { ...nobody, reason: "no-model", message: `No model host serves ${model.slice(0, 100)}.` };
  }
  return { ...nobody, reason: "unavailable", message: "Every model host is out of use after repeated failures." };
}
