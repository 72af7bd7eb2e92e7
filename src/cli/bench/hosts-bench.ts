import pino from "pino";
import { parseEnvironment } from "../../platform/config/environment.ts";
import { createModelHosts } from "../../platform/models/create-model-hosts.ts";
import type { ModelHosts } from "../../platform/models/model-hosts.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { type CouncilLoad, runCouncils } from "./hosts-council.ts";
import { type StartServers, startSimulatedServers } from "./hosts-servers.ts";
import { atOnce, type LoadRequest, sendStraight } from "./load-generator.ts";
import { median } from "./statistics.ts";

export type HostsBenchOptions = {
  readonly rounds: number;
  /** Requests at once, on both sides. */
  readonly concurrency: number;
  readonly requestsPerRound: number;
  readonly maxTokens: number;
  readonly councils: Omit<CouncilLoad, "model" | "maxTokens">;
  /** Of a simulated server, for one token of every sequence; milliseconds. */
  readonly stepMs: number;
};

const usual: HostsBenchOptions = {
  rounds: 5,
  concurrency: 32,
  requestsPerRound: 192,
  maxTokens: 48,
  councils: { councils: 24, councilsAtOnce: 8, members: 3, turns: 3, sharedLength: 12_000 },
  stepMs: 10,
};

const sides = ["pool", "straight", "streamed"] as const;
type Side = (typeof sides)[number];

/**
 * Tokens per second through the pool against a load generator that sends straight to the same server, as many requests at
 * once, in turns in one run; the faster of its two ways, whole and streamed, is the reference. Then whole councils, for the
 * prefix cache, and (simulated only) one of three hosts killed under load. The first of `FLEET_MODEL_HOSTS` is measured
 * where it is set; otherwise simulated servers, which the result says.
 *
 * @throws {Error} when a request of the comparison had no answer
 */
export async function hostsBench(
  options: Partial<HostsBenchOptions> = {},
  env = process.env,
  startServers: StartServers = startSimulatedServers,
): Promise<BenchResult> {
  const settings = { ...usual, ...options };
  const { hosts: named, apiKey } = parseEnvironment(env).models;
  const [real] = named;
  const servers = real === undefined ? await startServers(3, settings.concurrency, settings.stepMs) : null;
  try {
    const urls = servers?.urls ?? named.slice(0, 1);
    const [url = ""] = urls;
    const one = openPool([url], apiKey);
    const model = (await one.discover())[0]?.model;
    if (model === undefined) throw new Error(`No model is served at ${url}.`);
    const rates = await compare(one, { url, model, apiKey }, settings);
    const all = openPool(urls, apiKey);
    const load = { ...settings.councils, model, maxTokens: settings.maxTokens };
    const councils = { ...load, ...(await runCouncils(all, load)) };
    const killed = servers === null ? null : await killOne(urls, servers.kill, model, settings);
    return benchResult({
      bench: "hosts",
      ours: median(rates.pool),
      reference: Math.max(median(rates.straight), median(rates.streamed)),
      unit: "tokens/s",
      detail: {
        simulated: real === undefined,
        server: real ?? "simulated vLLM",
        model,
        ...settings,
        rates,
        councils,
        killed,
      },
    });
  } finally {
    servers?.close();
  }
}

function openPool(hosts: readonly string[], apiKey: string | undefined): ModelHosts {
  const logger = pino({ level: "silent" });
  const key = apiKey === undefined ? {} : { apiKey };
  return createModelHosts({ hosts, ...key, logger, timeoutMs: 5 * 60_000, concurrencyPerHost: 256 });
}

async function compare(
  pool: ModelHosts,
  target: { readonly url: string; readonly model: string; readonly apiKey: string | undefined },
  { rounds, concurrency, requestsPerRound, maxTokens }: HostsBenchOptions,
): Promise<Record<Side, readonly number[]>> {
  const { url, model, apiKey } = target;
  const rates: Record<Side, number[]> = { pool: [], straight: [], streamed: [] };
  let sent = 0;

  async function measure(side: Side): Promise<number> {
    const requests = Array.from({ length: requestsPerRound }, (): LoadRequest => {
      sent += 1;
      // No two begin alike: a prefix cache would serve whichever side comes second.
      return { model, prompt: `Request ${sent}. Write on about the number ${sent}.`.repeat(8), maxTokens };
    });
    let tokens = 0;
    const began = performance.now();
    await atOnce(concurrency, requests, async (request) => {
      const straight = { stream: side === "streamed", apiKey };
      const written = await (side === "pool" ? sendByPool(pool, request) : sendStraight(url, request, straight));
      tokens += written;
    });
    return Math.round((tokens / (performance.now() - began)) * 1_000);
  }

  for (let round = 0; round <= rounds; round += 1) {
    // Who is first changes each time; round 0 warms up, the pool's limit as well.
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const rate = await measure(side);
      if (round > 0) rates[side].push(rate);
    }
  }
  return rates;
}

async function sendByPool(pool: ModelHosts, { model, prompt, maxTokens }: LoadRequest): Promise<number> {
  const messages = [{ role: "user", content: prompt }] as const;
  const answer = await pool.complete({ model, messages, temperature: 0, maxTokens });
  // A model that writes on until its limit: its tokens count on both sides.
  if (answer.kind === "failed" && answer.reason !== "truncated") throw new Error(answer.message);
  return answer.tokensOut;
}

/** Calls at all hosts, of which one is killed under way. */
async function killOne(
  urls: readonly string[],
  kill: (url: string) => void,
  model: string,
  { requestsPerRound, concurrency, maxTokens }: HostsBenchOptions,
) {
  const pool = openPool(urls, undefined);
  const [victim = ""] = urls;
  const calls = Array.from({ length: requestsPerRound }, (_, n) => n);
  let failed = 0;
  let runningThere = 0;
  await atOnce(concurrency, calls, async (n) => {
    if (n === Math.floor(requestsPerRound / 2)) {
      runningThere = pool.hosts().find(({ host }) => host === victim)?.running ?? 0;
      kill(victim);
    }
    const messages = [{ role: "user", content: `Call ${n}` }] as const;
    const answer = await pool.complete({ model, messages, temperature: 0, maxTokens, prefix: `council ${n % 16}` });
    if (answer.kind === "failed") failed += 1;
  });
  return { hosts: urls.length, calls: calls.length, runningOnTheKilled: runningThere, failed };
}
