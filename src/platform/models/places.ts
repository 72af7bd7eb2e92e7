import type { CompletionRequest, ModelAnswer, ModelFailure } from "./model-hosts.ts";
import type { PooledHost } from "./pooled-host.ts";
import type { HostView } from "./schedule/choose-host.ts";
import { weightOf } from "./schedule/fair-queue.ts";
import { type Call, createSchedule } from "./schedule/schedule.ts";
import type { WarmPrefixes } from "./schedule/warm-prefixes.ts";

/** A request with what its place depends on. */
export type Wanted<T> = {
  readonly request: CompletionRequest<T>;
  /** Characters. */
  readonly promptLength: number;
  /** Hosts that were asked for it already. */
  readonly tried: readonly PooledHost[];
};

/** What came of a request, and where; `retryAfterMs`: how long that host wants to be left alone. */
export type Served<T> = {
  readonly host: PooledHost;
  readonly result: ModelAnswer<T> | ModelFailure;
  readonly retryAfterMs: number;
};

/** The places on the hosts, handed out by the schedule. */
export type Places = {
  /**
   * Waits for a place and asks there; null when no host could serve it. Throws the reason of the request's signal, at
   * once, whether it waits or runs.
   */
  ask<T>(wanted: Wanted<T>): Promise<Served<T> | null>;
  /** A host may take more than before: whoever waits may go. */
  look(): void;
};

type WaitingCall = Call & {
  readonly model: string;
  readonly promptLength: number;
  readonly tried: readonly PooledHost[];
  /** Called once, when it is placed. */
  readonly start: (host: PooledHost | null) => void;
};

/** Characters for a token, where only a guess is needed: a call's cost until its usage is known. */
const charactersPerToken = 4;

/** Calls without an installation share one part. */
const nobody = -1;

export function createPlaces(hosts: readonly PooledHost[], warm: WarmPrefixes): Places {
  const schedule = createSchedule<WaitingCall>();
  const byUrl = new Map(hosts.map((host) => [host.url, host]));
  let timer: NodeJS.Timeout | null = null;

  function viewsOf(call: WaitingCall): readonly HostView[] {
    return hosts.flatMap((host) => {
      const view = host.view(call);
      if (view === null) return [];
      const isWarm = call.prefix !== null && warm.isWarm(call.prefix, host.url);
      return [{ ...view, warm: isWarm, tried: call.tried.includes(host) }];
    });
  }

  function look(): void {
    for (let placed = next(); placed !== null; placed = next()) {
      const { call, host } = placed;
      if (host !== null && call.prefix !== null) warm.sent(call.prefix, host);
      call.start(byUrl.get(host ?? "") ?? null);
    }
    lookAfterPause();
  }

  const next = () => schedule.next(performance.now(), viewsOf);

  /** The end of a pause that a host asked for is the one thing that nobody tells. */
  function lookAfterPause(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const pauses = hosts.map((host) => host.pausedForMs()).filter((ms) => ms > 0);
    if (schedule.waiting > 0 && pauses.length > 0) timer = setTimeout(look, Math.min(...pauses) + 1);
  }

  async function serve<T>(call: WaitingCall, host: PooledHost, request: CompletionRequest<T>): Promise<Served<T>> {
    let cost = call.cost;
    try {
      const asked = await host.ask(request, call.promptLength);
      cost = costOf(asked.result, call.cost);
      return { host, ...asked };
    } finally {
      schedule.finished(call, cost);
      look();
    }
  }

  return {
    look,
    ask<T>({ request, promptLength, tried }: Wanted<T>) {
      const { signal, model, maxTokens } = request;
      signal?.throwIfAborted();
      return new Promise<Served<T> | null>((resolve, reject) => {
        const call: WaitingCall = {
          tenant: request.installation ?? nobody,
          priority: request.priority ?? "normal",
          cost: weightOf(promptLength / charactersPerToken, maxTokens),
          // One host's cache serves one model's prefix only.
          prefix: request.prefix === undefined ? null : `${model}\n${request.prefix}`,
          preferred: request.host,
          model,
          promptLength,
          tried,
          start(host) {
            signal?.removeEventListener("abort", withdraw);
            if (host === null) resolve(null);
            else serve(call, host, request).then(resolve, reject);
          },
        };
        const withdraw = (): void => {
          if (schedule.withdraw(call)) reject(signal?.reason);
        };
        signal?.addEventListener("abort", withdraw, { once: true });
        schedule.submit(call, performance.now());
        look();
      });
    },
  };
}

/** What a host says that it did; where it says nothing of an answer, the guess stays. */
function costOf(result: ModelAnswer<unknown> | ModelFailure, guess: number): number {
  if (result.kind === "answer" && result.tokensIn + result.tokensOut === 0) return guess;
  return weightOf(result.tokensIn, result.tokensOut);
}
