import { pino } from "pino";
import { expect, it, describe as suite } from "vitest";
import { z } from "zod";
import { createModelHosts } from "../../../src/platform/models/create-model-hosts.ts";

/** `scripts/model-server.sh start` prints it; the key is what the script says. */
const url = process.env["FLEET_TEST_VLLM_URL"];
const apiKey = process.env["MODEL_SERVER_KEY"] ?? "local-test-key";
const why = url === undefined ? " (skipped: FLEET_TEST_VLLM_URL names none; scripts/model-server.sh starts one)" : "";

suite.skipIf(url === undefined)(`a real vLLM server${why}`, () => {
  const host = url ?? "";
  const open = (key = apiKey) =>
    createModelHosts({
      ...{ hosts: [host], apiKey: key, logger: pino({ level: "silent" }), timeoutMs: 60_000 },
      ...{ concurrencyPerHost: 8, retryDelayMs: 1 },
    });
  const ask = (model: string, content: string, maxTokens: number) =>
    ({ model, messages: [{ role: "user", content }], temperature: 0, maxTokens }) as const;
  const served = async (pool = open()) => (await pool.discover())[0]?.model ?? "";

  it("says what it serves and what it can do", async () => {
    const pool = open();
    const model = await served(pool);
    expect(model).not.toBe("");
    const [can] = await pool.capabilities(model, new AbortController().signal);
    expect(can).toMatchObject({ host, contextLength: 8192, jsonSchema: true, usage: true, logprobs: true });
  });

  it("answers with its usage, and tells what its prefix cache held", async () => {
    const pool = open();
    const content = `${"The fleet counts its tokens. ".repeat(100)} What does it count?`;
    const model = await served(pool);
    const first = await pool.complete(ask(model, content, 40));
    const second = await pool.complete(ask(model, content, 40));
    expect(first.tokensIn).toBeGreaterThan(500);
    expect(second).toMatchObject({ tokensIn: first.tokensIn });
    expect(second.tokensCached).toBeGreaterThan(0.5 * second.tokensIn);
  });

  it("counts a text as it counts a prompt, however long it is", async () => {
    const pool = open();
    const model = await served(pool);
    const text = "The fleet counts its tokens. ".repeat(100);
    const alone = await pool.countTokens(model, text);
    const { tokensIn } = await pool.complete(ask(model, text, 8));
    expect(alone).toBeGreaterThan(500);
    // The chat's frame comes on top of it.
    expect(tokensIn - (alone ?? 0)).toBeGreaterThan(0);
    expect(tokensIn - (alone ?? 0)).toBeLessThan(100);
    expect(await pool.countTokens(model, "")).toBe(0);
  });

  it("keeps to a schema, which parses its answer", async () => {
    const pool = open();
    const schema = { name: "number", schema: z.object({ number: z.int().min(1).max(9) }) };
    const answer = await pool.complete({ ...ask(await served(pool), "Say a number from 1 to 9 as JSON.", 64), schema });
    expect(answer).toMatchObject({ kind: "answer", problems: [] });
  });

  it("has an answer that reached its limit taken as none", async () => {
    const pool = open();
    const answer = await pool.complete(ask(await served(pool), "Count to one thousand, in words.", 8));
    expect(answer).toMatchObject({ kind: "failed", reason: "truncated" });
  });

  it("refuses what is too long, an unknown model and a wrong key, each by its name", async () => {
    const pool = open();
    const model = await served(pool);
    expect(await pool.complete(ask(model, "word ".repeat(20_000), 8))).toMatchObject({ reason: "prompt-too-long" });
    expect(await pool.complete(ask("no-such-model", "Hello", 8))).toMatchObject({ reason: "no-model" });
    const stranger = createModelHosts({
      ...{ hosts: [host], apiKey: "wrong", logger: pino({ level: "silent" }), timeoutMs: 60_000 },
      ...{ concurrencyPerHost: 1, retryDelayMs: 1 },
    });
    expect(await stranger.complete(ask(model, "Hello", 8))).toMatchObject({ reason: "unauthorized" });
  });

  it("gives up a generation that is aborted", async () => {
    const pool = open();
    const model = await served(pool);
    const stop = new AbortController();
    const answer = pool.complete({ ...ask(model, "Write a very long story.", 6_000), signal: stop.signal });
    const running = async () =>
      Number(/^vllm:num_requests_running\{[^}]*\} ([\d.]+)$/m.exec(await metrics(host))?.[1] ?? "NaN");
    await expect.poll(running, { timeout: 30_000 }).toBe(1);
    stop.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(running, { timeout: 30_000 }).toBe(0);
  });
});

async function metrics(host: string): Promise<string> {
  return (await fetch(`${host.replace(/\/v1$/, "")}/metrics`)).text();
}
