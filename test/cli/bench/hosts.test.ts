import { afterEach, describe, expect, it } from "vitest";
import { hostsBench } from "../../../src/cli/bench/hosts-bench.ts";
import type { StartServers } from "../../../src/cli/bench/hosts-servers.ts";
import { sendStraight } from "../../../src/cli/bench/load-generator.ts";
import { simulatedModel, startSimulatedVllm } from "../../../src/cli/bench/simulated-vllm.ts";
import { readServerMetrics } from "../../../src/platform/models/server-metrics.ts";
import { thorough, whyNotThorough } from "../../support/thorough.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function server(slots: number, stepMs: number) {
  const started = await startSimulatedVllm({ slots, stepMs, prefillPerMs: 1_000, cacheBlocks: 5_000 });
  closing.push(started.close);
  return started;
}

/** In this process, where a bench has one for each. */
const inProcess: StartServers = async (count, slots, stepMs) => {
  const servers = await Promise.all(Array.from({ length: count }, () => server(slots, stepMs)));
  return {
    urls: servers.map(({ url }) => url),
    kill: (url) => void servers.find((each) => each.url === url)?.close(),
    close: () => {},
  };
};

const small = {
  rounds: 1,
  concurrency: 8,
  requestsPerRound: 24,
  maxTokens: 8,
  councils: { councils: 6, councilsAtOnce: 2, members: 3, turns: 3, sharedLength: 6_000 },
  stepMs: 2,
};

describe.skipIf(!thorough)(`the bench hosts${whyNotThorough}`, () => {
  it("measures both sides, keeps councils where their prefix is, and loses no call with a killed host", async () => {
    const result = await hostsBench(small, {}, inProcess);
    expect(result).toMatchObject({
      bench: "hosts",
      unit: "tokens/s",
      detail: { simulated: true, councils: { calls: 72, failed: 0 }, killed: { hosts: 3, calls: 24, failed: 0 } },
    });
    expect(result.ours).toBeGreaterThan(0);
    const { hitRate, firstTurnHitRate, firstTurnBound } = Object(result.detail["councils"]);
    expect(hitRate).toBeGreaterThan(0.7);
    expect(firstTurnHitRate).toBeGreaterThan(0.9 * firstTurnBound);
    // Whole blocks are cached: the last one may hold a few words of the member.
    expect(firstTurnHitRate).toBeLessThan(firstTurnBound + 0.02);
  });

  it("measures a server that is named, and says so", async () => {
    const { url } = await server(8, 2);
    const result = await hostsBench(small, { FLEET_MODEL_HOSTS: url }, inProcess);
    expect(result).toMatchObject({ detail: { simulated: false, server: url, model: simulatedModel } });
  });
});

describe("the simulated server", () => {
  const request = (prompt: string) => ({ model: simulatedModel, prompt, maxTokens: 5 });
  const metricsOf = async (url: string) =>
    readServerMetrics(await (await fetch(url.replace("/v1", "/metrics"))).text());

  it("tells its usage, whole and streamed, and counts what its prefix cache held", async () => {
    const { url } = await server(2, 1);
    const prompt = "x".repeat(640);
    expect(await sendStraight(url, request(prompt), { stream: false, apiKey: undefined })).toBe(5);
    expect(await sendStraight(url, request(prompt), { stream: true, apiKey: undefined })).toBe(5);
    expect(await metricsOf(url)).toEqual({ running: 0, waiting: 0, prefixCache: { queries: 320, hits: 160 } });
  });

  it("works on as many as it has slots, and drops what is given up", async () => {
    const { url } = await server(1, 20);
    const controller = new AbortController();
    const body = JSON.stringify({ messages: [{ content: "a" }], max_tokens: 10_000 });
    const both = [1, 2].map(() =>
      expect(fetch(`${url}/chat/completions`, { method: "POST", body, signal: controller.signal })).rejects.toThrow(),
    );
    await expect.poll(() => metricsOf(url)).toMatchObject({ running: 1, waiting: 1 });
    controller.abort();
    await Promise.all(both);
    await expect.poll(() => metricsOf(url)).toMatchObject({ running: 0, waiting: 0 });
  });

  it("says what is wrong with a request", async () => {
    const { url } = await server(1, 1);
    await expect(
      sendStraight(url, { ...request("a"), maxTokens: 0 }, { stream: false, apiKey: undefined }),
    ).rejects.toThrow("answered 400");
  });
});
