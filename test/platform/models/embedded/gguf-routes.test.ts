import { createAdaptorServer } from "@hono/node-server";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { createModelHosts } from "../../../../src/platform/models/create-model-hosts.ts";
import type { GgufModel } from "../../../../src/platform/models/embedded/gguf-model.ts";
import { ggufRoutes } from "../../../../src/platform/models/embedded/gguf-routes.ts";

const model: GgufModel = {
  contextSize: 8_192,
  parameters: 135_000_000,
  countTokens: (text) => text.split(" ").length,
  async answer({ messages, response_format }) {
    const said = messages.at(-1)?.content ?? "";
    if (said === "too long") {
      return { kind: "refused", message: "This model's maximum context length is 8192 tokens.", param: "input_tokens" };
    }
    if (said === "break") throw new Error("The model broke.");
    const text = response_format?.type === "json_schema" ? '{"ok":true}' : `You said ${said}.`;
    return { kind: "answered", text, finish: said === "cut" ? "length" : "stop", tokensIn: 5, tokensOut: 3 };
  },
};

const server = createAdaptorServer({ fetch: ggufRoutes("tiny", model).fetch });
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const hosts = () =>
  createModelHosts({
    hosts: [url],
    logger: pino({ level: "silent" }),
    timeoutMs: 5_000,
    concurrencyPerHost: 4,
    attempts: 1,
  });
const ask = (content: string) => ({
  ...{ model: "tiny", messages: [{ role: "user" as const, content }], temperature: 0, maxTokens: 50 },
  ...{ prefix: "", host: url, priority: "normal" as const },
});

it("is a host like any other to the fleet's own client", async () => {
  const pool = hosts();
  expect(await pool.discover()).toEqual([{ host: url, model: "tiny" }]);
  expect(await pool.complete(ask("hello"))).toMatchObject({ text: "You said hello.", tokensIn: 5, tokensOut: 3 });
  const schema = { name: "ok", schema: z.object({ ok: z.boolean() }) };
  expect(await pool.complete({ ...ask("as JSON"), schema })).toMatchObject({ kind: "answer", value: { ok: true } });
  const can = { contextLength: 8_192, parameters: 135_000_000, usage: true, logprobs: false };
  expect(await pool.capabilities("tiny")).toMatchObject([can]);
});

it("counts the tokens of a text by its own tokenizer", async () => {
  expect(await hosts().countTokens("tiny", "one two three")).toBe(3);
  const wrong = await fetch(url.replace("/v1", "/tokenize"), { method: "POST", body: "{}" });
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { param: "prompt" } }]);
});

it.each([
  ["too long", "prompt-too-long"],
  ["cut", "truncated"],
  ["break", "unavailable"],
])("%j is told as %s", async (content, reason) => {
  expect(await hosts().complete(ask(content))).toMatchObject({ kind: "failed", reason });
});

const post = async (body: object) => {
  const response = await fetch(`${url}/chat/completions`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
};

it("streams, and names what is wrong with a request", async () => {
  const messages = [{ role: "user", content: "hello" }];
  const streamed = await post({ model: "tiny", messages, stream: true });
  expect(streamed.text).toMatch(/^data: \{.*You said hello\..*\}\n\ndata: \[DONE\]\n\n$/);
  expect(await post({ model: "other", messages })).toMatchObject({ status: 404 });
  expect(await post({ model: "tiny", messages: [] })).toMatchObject({
    status: 400,
    text: expect.stringContaining('"param":"messages"'),
  });
  expect(await post({ model: "tiny", messages, logprobs: true })).toMatchObject({ status: 400 });
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  expect((await fetch(url.replace("/v1", "/health"))).status).toBe(200);
});
