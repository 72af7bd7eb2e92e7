import pino from "pino";
import { parseEnvironment } from "../../platform/config/environment.ts";
import { createModelHosts } from "../../platform/models/create-model-hosts.ts";
import type { ModelHosts } from "../../platform/models/model-hosts.ts";
import { type BenchResult, benchResult } from "./bench-result.ts";
import { type CouncilLoad, runCouncils } from "./hosts-council.ts";
import { type BenchServers, type StartServers, startSimulatedServers } from "./hosts-servers.ts";
import { atOnce, type LoadRequest, sendStraight } from "./load-generator.ts";
import { simulatedModel } from "./simulated-vllm.ts";
import { median } from "./statistics.ts";
import { startVllm, type VllmServer } from "./vllm-server.ts";

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

/** For a real server on a machine without a GPU, which reads and writes a hundred times slower than one with. */
const onCpu: Partial<HostsBenchOptions> = {
  rounds: 3,
  concurrency: 8,
  requestsPerRound: 48,
  maxTokens: 32,
  councils: { councils: 8, councilsAtOnce: 2, members: 3, turns: 3, sharedLength: 6_000 },
};

/** `own`: the server's own load generator, where it is at hand. */
const sides = ["pool", "straight", "streamed", "own"] as const;
type Side = (typeof sides)[number];

/** A server to be measured. */
type Target = {
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly vllm: VllmServer | null;
};

/**
 * Tokens per second through the pool against load generators that send the like straight to the same server, as many
 * requests at once, in turns in one run; the fastest of them is the reference. Then whole councils, for the prefix cache,
 * and one of three simulated hosts killed under load. Measured is a real vLLM that `FLEET_BENCH_VLLM` names the folder of
 * (`scripts/model-server.sh`), with its own load generator; else the first of `FLEET_MODEL_HOSTS`; else a simulated
 * server, which the result says.
 *
 * @throws {Error} when a request of the comparison had no answer
 */
export async function hostsBench(
  options: Partial<HostsBenchOptions> = {},
  env = process.env,
  startServers: StartServers = startSimulatedServers,
): Promise<BenchResult> {
  const { FLEET_BENCH_VLLM: folder } = env;
  const settings = { ...usual, ...(folder === undefined ? {} : onCpu), ...options };
  const configured = parseEnvironment(env).models;
  const servers = await startServers(3, settings.concurrency, settings.stepMs);
  let vllm: VllmServer | null = null;
  try {
    if (folder !== undefined) vllm = await startVllm(folder);
    const real = vllm?.url ?? configured.hosts[0];
    const apiKey = vllm?.apiKey ?? configured.apiKey;
    const urls = real === undefined ? servers.urls : [real];
    const [url = ""] = urls;
    const one = openPool([url], apiKey);
    const model = (await one.discover())[0]?.model;
    if (model === undefined) throw new Error(`No model is served at ${url}.`);
    const rates = await compare(one, { url, model, apiKey, vllm }, settings);
    const all = openPool(urls, apiKey);
    const load = { ...settings.councils, model, maxTokens: settings.maxTokens };
    const councils = { ...load, ...(await runCouncils(all, load)) };
    const killed = await killOne(servers, settings);
    return benchResult({
      bench: "hosts",
      ours: median(rates.pool),
      reference: Math.max(...sides.filter((side) => side !== "pool").map((side) => median(rates[side]))),
      unit: "tokens/s",
      detail: {
        simulated: real === undefined,
        server: vllm === null ? (real ?? "simulated vLLM") : "vLLM on the CPU",
        model,
        ...settings,
        rates,
        councils,
        killed,
      },
    });
  } finally {
    servers.close();
    await vllm?.close();
  }
}

function openPool(hosts: readonly string[], apiKey: string | undefined): ModelHosts {
  const logger = pino({ level: "silent" });
  const key = apiKey === undefined ? {} : { apiKey };
  return createModelHosts({ hosts, ...key, logger, timeoutMs: 5 * 60_000, concurrencyPerHost: 256 });
}

async function compare(
  pool: ModelHosts,
  { url, model, apiKey, vllm }: Target,
  { rounds, concurrency, requestsPerRound, maxTokens }: HostsBenchOptions,
): Promise<Record<Side, readonly number[]>> {
  const rates: Record<Side, number[]> = { pool: [], straight: [], streamed: [], own: [] };
  const compared = sides.filter((side) => side !== "own" || vllm !== null);
  let sent = 0;

  async function measure(side: Side): Promise<number> {
    const requests = Array.from({ length: requestsPerRound }, (): LoadRequest => {
      sent += 1;
      // No two begin alike: a prefix cache would serve whichever side comes second.
      return { model, prompt: `Request ${sent}. Write on about the number ${sent}.`.repeat(8), maxTokens };
    });
    if (side === "own") return Math.round((await vllm?.load(requests, concurrency)) ?? 0);
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
    for (const side of round % 2 === 0 ? compared : compared.toReversed()) {
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

/** Calls at all (simulated) hosts, of which one is killed under way. */
async function killOne({ urls, kill }: BenchServers, { requestsPerRound, concurrency, maxTokens }: HostsBenchOptions) {
  const pool = openPool(urls, undefined);
  const model = simulatedModel;
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
  return { simulated: true, hosts: urls.length, calls: calls.length, runningOnTheKilled: runningThere, failed };
}
