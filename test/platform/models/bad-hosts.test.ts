import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createModelHosts, type ModelHostsOptions } from "../../../src/platform/models/create-model-hosts.ts";
import { type FakeAnswer, type FakeModelHost, type Seen, startFakeModelHost } from "./fake-model-host.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function host(
  answer: (seen: Seen, count: number) => FakeAnswer | Promise<FakeAnswer> = () => ({ text: "ok" }),
  models?: readonly string[],
): Promise<FakeModelHost> {
  const started = await startFakeModelHost(answer, models);
  closing.push(started.close);
  return started;
}

function pool(hosts: readonly FakeModelHost[], options: Partial<ModelHostsOptions> = {}) {
  const logger = pino({ level: "silent" });
  const usual = { logger, timeoutMs: 5_000, concurrencyPerHost: 8, retryDelayMs: 1, metricsEveryMs: 5 };
  return createModelHosts({ hosts: hosts.map(({ url }) => url), ...usual, ...options });
}

const ask = {
  model: "m",
  messages: [{ role: "user", content: "Hello" }],
  temperature: 0.2,
  maxTokens: 50,
} as const;

const queue = (running: number, waiting: number): string =>
  `vllm:num_requests_running{engine="0"} ${running}\nvllm:num_requests_waiting{engine="0"} ${waiting}\n`;

describe("a host", () => {
  const html = { raw: "<html><body>Sign in</body></html>", type: "text/html" } as const;
  const cases: readonly [string, FakeAnswer, string][] = [
    ["hangs before it answers", "hang", "timeout"],
    ["hangs in the middle of its answer", { begin: '{"choices":[', ending: "hang" }, "timeout"],
    ["breaks off in the middle of its answer", { begin: '{"choices":[', ending: "hang-up" }, "unavailable"],
    ["resets the connection", "hang-up", "unavailable"],
    ["says 500", { status: 500 }, "unavailable"],
    ["says 429", { status: 429, headers: { "retry-after": "10" } }, "rate-limited"],
    ["answers with a page", html, "not-the-protocol"],
    ["answers with bytes that are no text", { raw: Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]) }, "not-the-protocol"],
    ["answers half of a body", { raw: '{"choices":[{"message":{"content":"hel' }, "not-the-protocol"],
    ["answers with another shape", { raw: '{"choices":[]}' }, "not-the-protocol"],
    ["has nothing to say", { text: "" }, "empty"],
    ["refuses the key", { status: 401, json: { error: "Unauthorized" } }, "unauthorized"],
    ["does not know the model any more", { status: 404 }, "no-model"],
    [
      "has too short a context",
      { status: 400, json: { error: { message: "", param: "input_tokens" } } },
      "prompt-too-long",
    ],
  ];
  it.each(cases)("that %s is told so, and another answers instead", async (_, answer, reason) => {
    const bad = await host(() => answer);
    const good = await host();
    // Only who hangs is waited for as long as this.
    const timeoutMs = reason === "timeout" ? 1_500 : 20_000;
    expect(await pool([bad], { timeoutMs, attempts: 1 }).complete(ask)).toMatchObject({
      kind: "failed",
      reason,
      host: bad.url,
    });
    const hosts = pool([bad, good], { timeoutMs });
    const answers = await Promise.all(Array.from({ length: 8 }, () => hosts.complete({ ...ask, host: bad.url })));
    expect(answers.map((each) => [each.kind, each.host])).toEqual(answers.map(() => ["answer", good.url]));
    expect(bad.seen.length).toBeGreaterThan(1);
  });

  it("is not doubted for a truncated answer or a refused request: another would say the same", async () => {
    for (const answer of [{ text: "half", finish: "length" }, { status: 422 }] as const) {
      const [bad, good] = [await host(() => answer), await host()];
      expect(await pool([bad, good]).complete({ ...ask, host: bad.url })).toMatchObject({ kind: "failed" });
      expect(good.seen).toHaveLength(0);
    }
  });

  it("that answers in the wrong shape is answered with the problems, and its tokens count", async () => {
    const one = await host(() => ({ text: '{"yes":1}', tokens: [5, 5] }));
    const schema = { name: "answer", schema: z.object({ yes: z.boolean() }) };
    expect(await pool([one]).complete({ ...ask, schema })).toMatchObject({ kind: "answer", value: null, tokensIn: 5 });
  });
});

describe("one of three hosts that is killed", () => {
  it("makes no call fail, and rests then", async () => {
    const three = [await host(), await host(), await host(() => "hang")];
    const [, , killed] = three;
    const hosts = pool(three, { retryDelayMs: 20 });
    const first = Array.from({ length: 30 }, (_, n) => hosts.complete({ ...ask, prefix: `council ${n % 5}` }));
    await expect.poll(() => killed?.seen.length ?? 0).toBeGreaterThan(2);
    await killed?.close();
    const second = Array.from({ length: 30 }, (_, n) => hosts.complete({ ...ask, prefix: `council ${n % 5}` }));
    const answers = await Promise.all([...first, ...second]);
    expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => "answer"));
    expect(hosts.hosts().map(({ health }) => health)).toEqual(["up", "up", "resting"]);
  });

  it("without a word is found out by its silence, and its calls go elsewhere long before their time is over", async () => {
    const silent = await host(() => "hang");
    const good = await host();
    silent.metrics = () => queue(1, 0);
    const hosts = pool([silent, good], { timeoutMs: 60_000 });
    const answer = hosts.complete({ ...ask, host: silent.url });
    await expect.poll(() => hosts.hosts()[0]?.metrics ?? null).toMatchObject({ running: 1 });
    // The answer still hangs, and the looks are reset: sooner seen than looks that hang.
    silent.metrics = () => "hang-up";
    expect(await answer).toMatchObject({ kind: "answer", host: good.url });
    await expect.poll(silent.givenUp).toBe(1);
    expect(hosts.hosts()[0]).toMatchObject({ health: "resting" });
  });
});

describe("a host that asks for a pause", () => {
  it("is left alone for as long, while others answer, and asked again then", async () => {
    let busy = true;
    const pausing = await host(() => (busy ? { status: 429, headers: { "retry-after": "1" } } : { text: "back" }));
    const good = await host();
    const hosts = pool([pausing, good]);
    await hosts.complete({ ...ask, host: pausing.url });
    const pausedAt = performance.now();
    expect(hosts.hosts()[0]).toMatchObject({ health: "paused" });
    busy = false;
    await Promise.all(Array.from({ length: 6 }, () => hosts.complete({ ...ask, host: pausing.url })));
    expect(pausing.seen).toHaveLength(1);
    const only = pool([pausing]);
    expect(await only.complete(ask)).toMatchObject({ text: "back" });
    const again = async () => (await hosts.complete({ ...ask, host: pausing.url })).host;
    await expect.poll(again, { timeout: 30_000 }).toBe(pausing.url);
    expect(performance.now() - pausedAt).toBeGreaterThan(800);
  });

  it("is waited for when it is the only one", async () => {
    let asked = 0;
    const pausing = await host(() => {
      asked += 1;
      return asked === 1 ? { status: 503, headers: { "retry-after": "1" } } : { text: "back" };
    });
    const hosts = pool([pausing]);
    const first = hosts.complete(ask);
    await expect.poll(() => hosts.hosts()[0]?.health).toBe("paused");
    const started = performance.now();
    const [one, two] = await Promise.all([first, hosts.complete(ask)]);
    expect([one.kind, two.kind]).toEqual(["answer", "answer"]);
    expect(performance.now() - started).toBeGreaterThan(700);
  });
});

describe("a host that changes its model", () => {
  it("is not asked for the old one any more, and again when it is back", async () => {
    const changing = await host((seen) =>
      changing.models.some(({ id }) => id === seen.body.model) ? { text: "ok" } : { status: 404 },
    );
    const steady = await host();
    const hosts = pool([changing, steady]);
    expect(await hosts.complete({ ...ask, host: changing.url })).toMatchObject({ host: changing.url });
    changing.models = [{ id: "other" }];
    expect(await hosts.complete({ ...ask, host: changing.url })).toMatchObject({ kind: "answer", host: steady.url });
    await expect.poll(() => hosts.hosts()[0]?.models).toEqual(["other"]);
    const before = changing.seen.length;
    await hosts.complete({ ...ask, host: changing.url });
    expect(changing.seen).toHaveLength(before);
    changing.models = [{ id: "m" }];
    await hosts.discover();
    expect(await hosts.complete({ ...ask, host: changing.url })).toMatchObject({ host: changing.url });
  });
});

describe("a host that lies about its context", () => {
  const long = { ...ask, messages: [{ role: "user", content: "x".repeat(4_000) }] } as const;

  it("is found out by what it refuses: longer prompts go elsewhere, shorter ones still go there", async () => {
    const refusal = { status: 400, json: { error: { message: "maximum context length is 512 tokens" } } };
    const lying = await host((seen) =>
      (seen.body.messages[0]?.content.length ?? 0) > 2_000 ? refusal : { text: "ok" },
    );
    lying.models = [{ id: "m", max_model_len: 32_768 }];
    const honest = await host();
    const hosts = pool([lying, honest]);
    for (let n = 0; n < 3; n++) {
      expect(await hosts.complete({ ...long, host: lying.url })).toMatchObject({ kind: "answer", host: honest.url });
    }
    expect(lying.seen).toHaveLength(1);
    expect(await hosts.complete({ ...ask, host: lying.url })).toMatchObject({ host: lying.url });
  });

  it("or says that it is short is asked last, and believed only when it refuses", async () => {
    const modest = await host();
    modest.models = [{ id: "m", max_model_len: 100 }];
    expect(await pool([modest]).complete(long)).toMatchObject({ kind: "answer", host: modest.url });
    const other = await host();
    expect(await pool([modest, other]).complete({ ...long, host: modest.url })).toMatchObject({ host: other.url });
  });
});
