import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createModelHosts, type ModelHostsOptions } from "../../../src/platform/models/create-model-hosts.ts";
import { type FakeAnswer, type Seen, startFakeModelHost } from "./fake-model-host.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function host(
  answer: (seen: Seen, count: number) => FakeAnswer | Promise<FakeAnswer>,
  models?: readonly string[],
) {
  const started = await startFakeModelHost(answer, models);
  closing.push(started.close);
  return started;
}

const logged: string[] = [];
const logger = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });

function pool(hosts: readonly string[], options: Partial<ModelHostsOptions> = {}) {
  return createModelHosts({ hosts, logger, timeoutMs: 5_000, concurrencyPerHost: 4, retryDelayMs: 1, ...options });
}

const ask = {
  model: "m",
  messages: [{ role: "user", content: "the prompt's own text" }],
  temperature: 0.2,
  maxTokens: 50,
} as const;
const schema = { name: "answer", schema: z.object({ yes: z.boolean() }) };

/** An answer of eight letters and forty tokens, with what was thought beside it. */
const thought = (beside: object, details: object = {}): FakeAnswer => ({
  raw: JSON.stringify({
    choices: [{ index: 0, message: { role: "assistant", content: "answered", ...beside }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 40, ...details },
  }),
});

describe("an answer", () => {
  it("carries text, usage and host", async () => {
    const one = await host(() => ({ text: "<think>hm</think>\nhello", tokens: [7, 3] }));
    const result = await pool([one.url]).complete(ask);
    expect(result).toMatchObject({
      kind: "answer",
      text: "hello",
      finishReason: "stop",
      tokensIn: 7,
      tokensOut: 3,
      host: one.url,
    });
  });

  it.each<[string, FakeAnswer, number]>([
    ["in the text, by its length", { text: "<think>12345</think>answered", tokens: [1, 40] }, 29],
    ["in a field of its own, by its length", thought({ reasoning_content: "12345678" }), 20],
    ["in vLLM's newer field", thought({ reasoning: "12345678" }), 20],
    ["as the host counts it", thought({ reasoning: "1" }, { completion_tokens_details: { reasoning_tokens: 31 } }), 31],
    ["not at all", { text: "answered", tokens: [1, 40] }, 0],
  ])("counts what was thought %s, and holds none of it", async (_, answer, tokensThinking) => {
    const one = await host(() => answer);
    const hosts = pool([one.url]);
    expect(await hosts.complete(ask)).toMatchObject({ text: "answered", tokensOut: 40, tokensThinking });
    expect(hosts.usage()).toMatchObject([{ tokensOut: 40, tokensThinking, failures: {} }]);
  });

  it("that ran into its limit while the model thought is none, and what it thought counts", async () => {
    const one = await host(() => ({ text: "<think>for ever", finish: "length", tokens: [1, 40] }));
    const hosts = pool([one.url]);
    expect(await hosts.complete(ask)).toMatchObject({ kind: "failed", reason: "truncated", tokensThinking: 40 });
    expect(hosts.usage()).toMatchObject([{ failures: { truncated: 1 } }]);
  });

  it("is parsed by the schema that was sent", async () => {
    const one = await host(() => ({ text: '{"yes":true}' }));
    const result = await pool([one.url]).complete({ ...ask, schema });
    expect(result).toMatchObject({ kind: "answer", value: { yes: true }, problems: [] });
    expect(one.seen[0]?.body.response_format).toMatchObject({
      type: "json_schema",
      json_schema: { name: "answer", schema: { required: ["yes"], additionalProperties: false } },
    });
  });

  it("of a host that refuses schemas comes by words, and the host is not asked for schemas again", async () => {
    const one = await host((seen) =>
      seen.body.response_format === undefined
        ? { text: 'Sure:\n```json\n{"yes": false}\n```' }
        : { status: 400, json: { error: { message: "response_format is not supported", code: 400 } } },
    );
    const hosts = pool([one.url]);
    expect(await hosts.complete({ ...ask, schema })).toMatchObject({ kind: "answer", value: { yes: false } });
    expect(await hosts.complete({ ...ask, schema })).toMatchObject({ kind: "answer", value: { yes: false } });
    expect(one.seen).toHaveLength(3);
    expect(one.seen[1]?.body.messages.at(-1)?.content).toContain('"yes":{"type":"boolean"}');
  });

  it.each([
    ["not JSON", "I would say yes", "The answer is not JSON."],
    ["the wrong shape", '{"yes":"perhaps"}', "yes: Invalid input: expected boolean, received string"],
  ])("that is %s keeps its problems", async (_, text, problem) => {
    const one = await host(() => ({ text }));
    expect(await pool([one.url]).complete({ ...ask, schema })).toMatchObject({ value: null, problems: [problem] });
  });

  it("comes from another host when the preferred one is down, slow or over its limit", async () => {
    for (const bad of ["hang-up", "hang", { status: 500 }, { status: 429 }] as const) {
      const down = await host(() => bad);
      const up = await host(() => ({ text: "ok" }));
      const result = await pool([down.url, up.url], { timeoutMs: 300 }).complete({ ...ask, host: down.url });
      expect(result).toMatchObject({ kind: "answer", host: up.url });
    }
  });

  it("comes from the host that serves the model", async () => {
    const other = await host(() => ({ text: "wrong one" }), ["other"]);
    const right = await host(() => ({ text: "ok" }), ["m"]);
    const hosts = pool([other.url, right.url]);
    expect(await hosts.discover()).toEqual([
      { host: other.url, model: "other" },
      { host: right.url, model: "m" },
    ]);
    expect(await hosts.complete({ ...ask, host: other.url })).toMatchObject({ host: right.url });
  });

  it("never asks a host that is not configured", async () => {
    const stranger = await host(() => ({ text: "give me the key" }));
    const own = await host(() => ({ text: "ok" }));
    await pool([own.url], { apiKey: "secret-key" }).complete({ ...ask, host: stranger.url });
    expect(stranger.seen).toHaveLength(0);
    expect(own.seen[0]?.authorization).toBe("Bearer secret-key");
  });
});

describe("no answer", () => {
  const cases: readonly [string, FakeAnswer, string][] = [
    ["a wrong key, told as vLLM tells it", { status: 401, json: { error: "Unauthorized" } }, "unauthorized"],
    ["an unknown model", { status: 404, json: { error: { message: "The model `m` does not exist." } } }, "no-model"],
    [
      "a prompt that is too long",
      { status: 400, json: { error: { message: "too many", param: "input_tokens", code: 400 } } },
      "prompt-too-long",
    ],
    ["another refusal", { status: 422, json: { error: { message: "bad temperature" } } }, "refused"],
    ["a truncated answer", { text: "half of it", finish: "length" }, "truncated"],
    ["an empty answer", { text: "" }, "empty"],
    ["nothing but reasoning", { text: "<think>for ever" }, "empty"],
    ["5 MB of text", { text: "x".repeat(5_000_000) }, "too-large"],
    ["a body without end", { raw: `{"choices":"${"x".repeat(9_000_000)}"}` }, "too-large"],
    ["a body that is not JSON", { raw: "<html>" }, "not-the-protocol"],
    ["JSON of another shape", { raw: '{"hello":1}' }, "not-the-protocol"],
    ["a failing host", { status: 503 }, "unavailable"],
    ["a limit", { status: 429, headers: { "retry-after": "0" } }, "rate-limited"],
  ];
  it.each(cases)("from %s is a value with its reason", async (_, answer, reason) => {
    const one = await host(() => answer);
    expect(await pool([one.url]).complete(ask)).toMatchObject({ kind: "failed", reason });
  });

  it("of a passing fault is tried again, of a lasting one is not", async () => {
    const failing = await host(() => ({ status: 500 }));
    await pool([failing.url], { attempts: 3 }).complete(ask);
    expect(failing.seen).toHaveLength(3);
    const refusing = await host(() => ({ status: 401, json: { error: "Unauthorized" } }));
    await pool([refusing.url]).complete(ask);
    expect(refusing.seen).toHaveLength(1);
  });

  it("counts the tokens of a truncated answer", async () => {
    const one = await host(() => ({ text: "half", finish: "length", tokens: [100, 50] }));
    expect(await pool([one.url]).complete(ask)).toMatchObject({ tokensIn: 100, tokensOut: 50 });
  });

  it("without any host says that none is configured", async () => {
    expect(await pool([]).complete(ask)).toMatchObject({ reason: "no-model", message: "No model host is configured." });
    expect(await pool([]).discover()).toEqual([]);
  });

  it("leaves no key and no prompt in the log", async () => {
    logged.length = 0;
    const one = await host(() => ({ status: 500, json: { error: { message: "the prompt's own text" } } }));
    const result = await pool([one.url], { apiKey: "secret-key" }).complete(ask);
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join("")).not.toMatch(/secret-key|own text/);
    expect(JSON.stringify(result)).not.toMatch(/secret-key|own text/);
  });
});

describe("a host", () => {
  it("out of use after failures in a row is tried again after the cool-down", async () => {
    let healthy = false;
    const one = await host(() => (healthy ? { text: "ok" } : { status: 500 }));
    const hosts = pool([one.url], { attempts: 1, circuit: { failures: 2, coolDownMs: 200 } });
    await hosts.complete(ask);
    await hosts.complete(ask);
    expect(await hosts.complete(ask)).toMatchObject({
      reason: "unavailable",
      message: `Every model host is out of use after failures. ${one.url} failed (500).`,
    });
    expect(one.seen).toHaveLength(2);
    healthy = true;
    await expect.poll(async () => (await hosts.complete(ask)).kind, { timeout: 30_000 }).toBe("answer");
  });

  it("that does not answer is not discovered", async () => {
    const up = await host(() => ({ text: "ok" }));
    const hosts = pool(["http://127.0.0.1:9/v1", up.url], { timeoutMs: 500 });
    expect(await hosts.discover()).toEqual([{ host: up.url, model: "m" }]);
  });

  it("gets no more requests at once than its limit", async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = 0;
    let most = 0;
    const one = await host(async () => {
      running += 1;
      most = Math.max(most, running);
      await gate;
      running -= 1;
      return { text: "ok" };
    });
    const hosts = pool([one.url], { concurrencyPerHost: 2 });
    const all = [1, 2, 3, 4].map(() => hosts.complete(ask));
    await expect.poll(() => one.seen.length).toBe(2);
    release();
    await Promise.all(all);
    expect(one.seen).toHaveLength(4);
    expect(most).toBe(2);
  });
});

it("stops at once when it is aborted", async () => {
  const one = await host(() => "hang");
  const controller = new AbortController();
  const running = pool([one.url]).complete({ ...ask, signal: controller.signal });
  await expect.poll(() => one.seen.length).toBe(1);
  controller.abort(new Error("cancelled"));
  await expect(running).rejects.toThrow("cancelled");
});
