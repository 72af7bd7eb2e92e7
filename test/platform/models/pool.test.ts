import { createServer } from "node:http";
import fc from "fast-check";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createModelHosts, type ModelHostsOptions } from "../../../src/platform/models/create-model-hosts.ts";
import type { Priority } from "../../../src/platform/models/schedule/fair-queue.ts";
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
  const usual = { logger, timeoutMs: 20_000, concurrencyPerHost: 8, retryDelayMs: 1, metricsEveryMs: 5 };
  return createModelHosts({ hosts: hosts.map(({ url }) => url), ...usual, ...options });
}

/** Answers that wait until the test lets them go, the oldest first. */
function gate() {
  const held: (() => void)[] = [];
  return {
    answer: () => new Promise<FakeAnswer>((resolve) => held.push(() => resolve({ text: "ok" }))),
    held: () => held.length,
    letGo: (count = held.length) => {
      for (const go of held.splice(0, count)) go();
    },
  };
}

const ask = {
  model: "m",
  messages: [{ role: "user", content: "Hello" }],
  temperature: 0.2,
  maxTokens: 50,
} as const;

const queue = (running: number, waiting: number): string =>
  `vllm:num_requests_running{engine="0"} ${running}\nvllm:num_requests_waiting{engine="0"} ${waiting}\n`;

describe("the calls of a council", () => {
  it("meet on the host that holds their prefix, and spill when that takes no more", async () => {
    const gates = [gate(), gate()];
    const two = await Promise.all(gates.map(({ answer }) => host(answer)));
    const hosts = pool(two, { concurrencyPerHost: 3 });
    const council = (count: number) =>
      Array.from({ length: count }, () => hosts.complete({ ...ask, prefix: "council" }));
    const running = council(3);
    await expect.poll(() => two.map(({ seen }) => seen.length).sort()).toEqual([0, 3]);
    const spilled = council(1);
    await expect.poll(() => two.map(({ seen }) => seen.length).sort()).toEqual([1, 3]);
    for (const { letGo } of gates) letGo();
    expect((await Promise.all([...running, ...spilled])).map(({ kind }) => kind)).toEqual(Array(4).fill("answer"));
  });

  it("go elsewhere while a queue grows in the server that holds their prefix", async () => {
    const gates = [gate(), gate()];
    const two = await Promise.all(gates.map(({ answer }) => host(answer)));
    for (const each of two) each.metrics = () => queue(1, each.seen.length > 0 ? 20 : 0);
    const hosts = pool(two);
    const first = hosts.complete({ ...ask, prefix: "council" });
    await expect.poll(() => Math.max(...hosts.hosts().map(({ metrics }) => metrics?.waiting ?? 0))).toBe(20);
    const second = hosts.complete({ ...ask, prefix: "council" });
    await expect.poll(() => two.map(({ seen }) => seen.length)).toEqual([1, 1]);
    for (const { letGo } of gates) letGo();
    await Promise.all([first, second]);
  });

  it("of different councils spread over the hosts, and of several models at once go where these are served", async () => {
    const three = [await host(), await host(), await host(undefined, ["other"])];
    const hosts = pool(three);
    const calls = Array.from({ length: 40 }, (_, n) =>
      hosts.complete({ ...ask, model: n % 2 === 0 ? "m" : "other", prefix: `council ${n}` }),
    );
    expect((await Promise.all(calls)).map(({ kind }) => kind)).toEqual(Array(40).fill("answer"));
    expect(three.map(({ seen }) => seen.length)).toEqual([10, 10, 20]);
    expect(new Set(three[2]?.seen.map(({ body }) => body.model))).toEqual(new Set(["other"]));
  });
});

describe("the limit of a host", () => {
  it("follows the queue of its server, and grows while there is none", async () => {
    const held = gate();
    const one = await host(held.answer);
    const capacity = 20;
    const now = () => one.seen.length - answered;
    let answered = 0;
    one.metrics = () => queue(Math.min(capacity, now()), Math.max(0, now() - capacity));
    const hosts = pool([one], { concurrencyPerHost: 256, metricsEveryMs: 30 });
    const all = Array.from({ length: 300 }, () => hosts.complete(ask));
    const limit = () => hosts.hosts()[0]?.limit ?? 0;
    await expect.poll(limit, { timeout: 30_000 }).toBeGreaterThan(capacity);
    const grown = limit();
    // A queue has grown there by now.
    await expect.poll(limit, { timeout: 30_000 }).toBeLessThan(Math.max(grown, capacity));
    const drained = async (): Promise<number> => {
      answered += held.held();
      held.letGo();
      return one.seen.length;
    };
    await expect.poll(drained, { timeout: 30_000, interval: 5 }).toBe(300);
    await drained();
    await Promise.all(all);
  });
});

describe("a queue before the hosts", () => {
  it("serves installations in turns, and first what somebody waits for", async () => {
    const held = gate();
    const one = await host(held.answer);
    const hosts = pool([one], { concurrencyPerHost: 1 });
    const call = (content: string, installation: number, priority: Priority = "normal") =>
      hosts.complete({ ...ask, messages: [{ role: "user", content }], installation, priority });
    const first = call("first", 1);
    await expect.poll(held.held).toBe(1);
    const rest = [
      call("1", 1),
      call("1", 1),
      call("1", 1),
      call("2", 2),
      call("2", 2),
      call("waited for", 1, "waited-for"),
    ];
    const letGo = (): number => {
      held.letGo();
      return one.seen.length;
    };
    await expect.poll(letGo, { interval: 5 }).toBe(7);
    held.letGo();
    await expect.poll(held.held).toBe(0);
    await Promise.all([first, ...rest]);
    const order = one.seen.map(({ body }) => body.messages[0]?.content);
    // The one that somebody waited for counts as its installation's share.
    expect(order).toEqual(["first", "waited for", "2", "2", "1", "1", "1"]);
  });
});

describe("a call that is stopped", () => {
  const stopped = async (answer: FakeAnswer) => {
    const one = await host(() => answer);
    const controller = new AbortController();
    const running = pool([one]).complete({ ...ask, signal: controller.signal });
    const ended = expect(running).rejects.toThrow("stopped by a person");
    await expect.poll(() => one.seen.length).toBe(1);
    controller.abort(new Error("stopped by a person"));
    await ended;
    await expect.poll(one.givenUp).toBe(1);
  };

  it.each<[string, FakeAnswer]>([
    ["before it begins", "hang"],
    ["in the middle", { begin: '{"choices":[', ending: "hang" }],
  ])("ends at once and ends the request, when its answer hangs %s", async (_, answer) => {
    await stopped(answer);
  });

  it("ends at once in a stream that is being written", async () => {
    const one = await host((seen) =>
      seen.body["stream"] === true
        ? { begin: 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', ending: "hang" }
        : { status: 400, json: { error: { message: "only streams" } } },
    );
    const controller = new AbortController();
    const running = pool([one]).complete({ ...ask, signal: controller.signal });
    const ended = expect(running).rejects.toThrow("stopped");
    await expect.poll(() => one.seen.length).toBe(2);
    expect(one.seen[1]?.body["stream_options"]).toEqual({ include_usage: true });
    controller.abort(new Error("stopped"));
    await ended;
    await expect.poll(one.givenUp).toBe(1);
  });

  it("ends at once while it waits for a host, and is never asked", async () => {
    const held = gate();
    const one = await host(held.answer);
    const hosts = pool([one], { concurrencyPerHost: 1 });
    const first = hosts.complete(ask);
    await expect.poll(held.held).toBe(1);
    const controller = new AbortController();
    const waiting = hosts.complete({ ...ask, signal: controller.signal });
    const ended = expect(waiting).rejects.toThrow("stopped");
    controller.abort(new Error("stopped"));
    await ended;
    held.letGo();
    await first;
    expect(one.seen).toHaveLength(1);
    const after = hosts.complete(ask);
    await expect.poll(held.held).toBe(1);
    held.letGo();
    expect(await after).toMatchObject({ kind: "answer" });
  });

  it("ends at once while a host hangs that was to say what it serves", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const address = server.address();
    const url = typeof address === "object" ? `http://127.0.0.1:${address?.port}/v1` : "";
    const controller = new AbortController();
    const running = pool([], { hosts: [url] }).complete({ ...ask, signal: controller.signal });
    const ended = expect(running).rejects.toThrow("stopped");
    controller.abort(new Error("stopped"));
    await ended;
  });

  it("ends at once between two attempts, with its reason", async () => {
    const one = await host(() => ({ status: 500 }));
    const controller = new AbortController();
    const running = pool([one], { retryDelayMs: 60_000 }).complete({ ...ask, signal: controller.signal });
    const ended = expect(running).rejects.toThrow("stopped");
    await expect.poll(() => one.seen.length).toBe(1);
    controller.abort(new Error("stopped"));
    await ended;
  });

  it("takes no health from its host", async () => {
    const one = await host(() => "hang");
    const hosts = pool([one]);
    for (let n = 0; n < 4; n++) {
      const signal = AbortSignal.timeout(30);
      await expect(hosts.complete({ ...ask, signal })).rejects.toThrow("timeout");
    }
    expect(hosts.hosts()[0]).toMatchObject({ health: "up", running: 0 });
  });
});

describe("the account", () => {
  const use = fc.record({
    installation: fc.integer({ min: 1, max: 3 }),
    model: fc.constantFrom("m", "other"),
    tokens: fc.tuple(fc.nat(10_000), fc.nat(1_000)),
    /** How often the host fails before it answers, and how the answer ends. */
    failures: fc.nat({ max: 2 }),
    finish: fc.constantFrom("stop", "length"),
  });

  it("is the sum of what the hosts said, by installation, model and host, with failed answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(use, { minLength: 1, maxLength: 12 }), async (uses) => {
        const failed = new Map<string, number>();
        const said = { in: 0, out: 0, requests: 0 };
        const answer = ({ body }: Seen): FakeAnswer => {
          const text = body.messages[0]?.content ?? "";
          const each = uses[Number(text)];
          const before = failed.get(text) ?? 0;
          said.requests += 1;
          if (each === undefined || before < each.failures) {
            failed.set(text, before + 1);
            return { status: 500 };
          }
          said.in += each.tokens[0];
          said.out += each.tokens[1];
          return { text: "ok", tokens: each.tokens, finish: each.finish };
        };
        const two = [
          await startFakeModelHost(answer, ["m", "other"]),
          await startFakeModelHost(answer, ["m", "other"]),
        ];
        // More failures in a row than any run makes: this is about the account and not about the circuit.
        const hosts = pool(two, { circuit: { failures: 1_000, coolDownMs: 1 } });
        const results = await Promise.all(
          uses.map(({ installation, model }, n) =>
            hosts.complete({ ...ask, messages: [{ role: "user", content: String(n) }], installation, model }),
          ),
        );
        await Promise.all(two.map(({ close }) => close()));
        const total = (field: "tokensIn" | "tokensOut" | "requests", of: number | null = null) =>
          hosts
            .usage()
            .filter(({ installation }) => of === null || installation === of)
            .reduce((sum, row) => sum + row[field], 0);
        expect([total("tokensIn"), total("tokensOut"), total("requests")]).toEqual([said.in, said.out, said.requests]);
        expect(results.reduce((sum, { tokensIn }) => sum + tokensIn, 0)).toBe(said.in);
        for (const of of [1, 2, 3]) {
          const own = results.filter((_, n) => uses[n]?.installation === of);
          expect(total("tokensOut", of)).toBe(own.reduce((sum, { tokensOut }) => sum + tokensOut, 0));
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("what a host can do", () => {
  it("in how long a context: the least of those that serve the model, without a request to the model", async () => {
    const [short, long, other] = [
      await host(() => ({ text: "" })),
      await host(() => ({ text: "" })),
      await host(() => ({ text: "" })),
    ];
    short.models = [
      { id: "m", max_model_len: 8_192 },
      { id: "n", meta: { n_params: "many" } },
    ];
    long.models = [{ id: "m", max_model_len: 32_768, meta: { n_params: 7_000_000_000 } }];
    other.models = [{ id: "x", max_model_len: 1_024 }];
    const down = await host(() => ({ text: "" }));
    await down.close();
    const hosts = pool([short, long, other, down]);
    expect(await hosts.contextLength("m")).toBe(8_192);
    expect(await hosts.contextLength("n")).toBeNull();
    expect(await hosts.contextLength("nobody's")).toBeNull();
    expect(await hosts.parameters("m")).toBe(7_000_000_000);
    expect(await hosts.parameters("n")).toBeNull();
    expect(await hosts.parameters("nobody's")).toBeNull();
    expect([...short.seen, ...long.seen, ...other.seen]).toEqual([]);
  });

  const logprobs = '{"choices":[{"message":{"content":"a"},"logprobs":{"content":[{"token":"a"}]}}]}';
  const able = (seen: Seen): FakeAnswer =>
    seen.body["logprobs"] === true ? { raw: logprobs } : { text: '{"ready":true}', tokens: [9, 4] };

  it("is found out by asking", async () => {
    const vllm = await host(able);
    vllm.models = [{ id: "m", max_model_len: 8_192 }];
    const plain = await host((seen) =>
      seen.body["logprobs"] === true || seen.body.response_format !== undefined
        ? { status: 400, json: { error: { message: "response_format and logprobs are not supported" } } }
        : { raw: '{"choices":[{"message":{"content":"{\\"ready\\":true}"}}]}' },
    );
    const pretending = await host(() => ({ text: "I am ready.", tokens: [9, 4] }));
    const broken = await host(() => ({ status: 500 }));
    const elsewhere = await host(able, ["other"]);
    const hosts = pool([vllm, plain, pretending, broken, elsewhere]);
    const none = { contextLength: null, parameters: null, usage: false, logprobs: false, jsonSchema: false };
    expect(await hosts.capabilities("m")).toEqual([
      { host: vllm.url, contextLength: 8_192, parameters: null, usage: true, logprobs: true, jsonSchema: true },
      { ...none, host: plain.url },
      { ...none, host: pretending.url, usage: true },
      { ...none, host: broken.url, usage: null, logprobs: null, jsonSchema: null },
    ]);
    expect(hosts.usage()).toEqual([]);
  });

  it("is asked once, and again where it was not found out", async () => {
    let healthy = false;
    const one = await host((seen) => (healthy ? able(seen) : { status: 500 }));
    const hosts = pool([one]);
    expect(await hosts.capabilities("m")).toMatchObject([{ jsonSchema: null }]);
    healthy = true;
    await Promise.all([hosts.capabilities("m"), hosts.capabilities("m")]);
    const before = one.seen.length;
    expect(await hosts.capabilities("m")).toMatchObject([{ jsonSchema: true, logprobs: true }]);
    expect(one.seen).toHaveLength(before);
  });

  it("decides how it is asked: a schema that it does not keep to is told in words", async () => {
    const one = await host((seen) => ({ text: seen.body.response_format === undefined ? '{"ready":true}' : "Yes." }));
    const hosts = pool([one]);
    await hosts.capabilities("m");
    await hosts.complete(ask);
    expect(one.seen.at(-1)?.body.response_format).toBeUndefined();
  });

  it("stays unasked when it is stopped", async () => {
    const one = await host(() => "hang");
    const controller = new AbortController();
    const ended = expect(pool([one]).capabilities("m", controller.signal)).rejects.toThrow("closing");
    await expect.poll(() => one.seen.length).toBe(1);
    controller.abort(new Error("closing"));
    await ended;
  });
});
