import { createServer, type IncomingMessage } from "node:http";
import { pino } from "pino";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createModelHosts } from "../../../src/platform/models/create-model-hosts.ts";

type Reply = { readonly status?: number; readonly type?: string; readonly body: unknown };
type Asked = Record<string, unknown>;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A model server that answers as `reply` says; its address is without `/v1`. */
async function start(reply: (path: string, asked: Asked) => Reply) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const body: Asked = text === "" ? {} : JSON.parse(text);
    if (text !== "") asked.push(body);
    const { status = 200, type = "application/json", body: said } = reply(request.url ?? "", body);
    const payload = typeof said === "string" ? said : JSON.stringify(said);
    response.writeHead(status, { "content-type": type }).end(payload);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const pool = (base = `${url}/v1`) =>
    createModelHosts({ hosts: [base], logger: pino({ level: "silent" }), timeoutMs: 5_000, concurrencyPerHost: 4 });
  return { url, asked, pool };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

const ask = {
  model: "m",
  messages: [{ role: "user", content: "Hello" }],
  temperature: 0.2,
  maxTokens: 50,
  seed: 7,
} as const;
const schema = { name: "answer", schema: z.object({ yes: z.boolean() }) };
const said = (content: unknown): Reply => ({ body: { choices: [{ message: { content } }] } });
const refusal = (message: string, status = 400): Reply => ({ status, body: { error: { message } } });

describe("a host that is not vLLM", () => {
  test("is asked without what it refuses, and remembers it", async () => {
    const refusals: readonly [string, string][] = [
      ["response_format", "response_format is not supported"],
      ["temperature", "Unsupported value: 'temperature' does not support 0.2"],
      ["seed", "Unrecognized request argument supplied: seed"],
      ["max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."],
    ];
    const { pool, asked } = await start((_, body) => {
      const refused = refusals.find(([name]) => name in body);
      return refused === undefined ? said('```json\n{"yes": true}\n```') : refusal(refused[1]);
    });
    const hosts = pool();
    expect(await hosts.complete({ ...ask, schema })).toMatchObject({ value: { yes: true }, finishReason: "stop" });
    expect(asked).toHaveLength(5);
    expect(await hosts.complete({ ...ask, schema })).toMatchObject({ value: { yes: true }, tokensIn: 0 });
    expect(asked).toHaveLength(6);
    expect(asked[5]).toMatchObject({ max_completion_tokens: 50 });
  });

  test("that refuses something else is left as it was", async () => {
    let filtered = true;
    const { pool, asked } = await start(() =>
      filtered ? refusal("The content was filtered.") : said('{"yes":false}'),
    );
    const hosts = pool();
    expect(await hosts.complete({ ...ask, schema })).toMatchObject({ kind: "failed", reason: "refused" });
    filtered = false;
    await hosts.complete({ ...ask, schema });
    expect(asked.at(-1)).toHaveProperty("response_format");
  });

  test.each([
    ["sends events whatever is asked", () => false],
    ["asks for streaming", (body: Asked) => body["stream"] !== true],
  ])("answers in chunks: %s", async (_, refuses) => {
    const chunks = [
      { choices: [{ delta: { role: "assistant", content: "" } }] },
      { choices: [{ delta: { content: "<think>so" } }] },
      { choices: [{ delta: { content: "</think>\nHel" } }] },
      { choices: [{ delta: { content: "lo" }, finish_reason: "stop" }] },
      { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } },
    ];
    const events = `: a comment\n\n${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join("")}data: [DONE]\n\n`;
    const { pool } = await start((_path, body) =>
      refuses(body) ? refusal("This model only supports streaming.") : { type: "text/event-stream", body: events },
    );
    expect(await pool().complete(ask)).toMatchObject({
      text: "Hello",
      finishReason: "stop",
      tokensIn: 5,
      tokensOut: 2,
    });
  });

  test.each([
    ["parts", [{ type: "text", text: "Hel" }, { type: "image_url" }, { type: "text", text: "lo" }], "Hello"],
    ["text", "Hello", "Hello"],
  ])("gives its text as %s", async (_, content, text) => {
    const { pool } = await start(() => said(content));
    expect(await pool().complete(ask)).toMatchObject({ text });
  });

  test("lists models that cannot chat, which are not asked; its address may lack /v1", async () => {
    const ids = ["text-embedding-3-small", "qwen2.5-coder", "bge-reranker", "whisper-1"];
    const { pool, url } = await start((path) =>
      path.startsWith("/v1/") ? { body: { data: ids.map((id) => ({ id })) } } : { status: 404, body: "" },
    );
    expect(await pool(`${url}/v1`).discover()).toEqual([{ host: `${url}/v1`, model: "qwen2.5-coder" }]);
    expect(await pool(url).discover()).toEqual([{ host: url, model: "qwen2.5-coder" }]);
  });
});
