import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHostTokenizer } from "../../../src/platform/models/host-tokenizer.ts";

const asked: { url: string | undefined; body: unknown; key: string | undefined }[] = [];
let answer: { status: number; body: string } | "hang";
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  asked.push({ url: request.url, body: JSON.parse(body), key: request.headers.authorization });
  if (answer === "hang") return;
  response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe("a host's own tokenizer", () => {
  it("is asked beside /v1, once for a text", async () => {
    answer = { status: 200, body: '{"count": 3, "max_model_len": 4096, "tokens": [1, 2, 3]}' };
    const count = createHostTokenizer({ url, model: "m", apiKey: "k" });
    expect([await count("a b c"), await count("a b c")]).toEqual([3, 3]);
    expect(asked).toEqual([
      { url: "/tokenize", key: "Bearer k", body: expect.objectContaining({ model: "m", prompt: "a b c" }) },
    ]);
  });

  it.each([
    ["the tokens alone", { status: 200, body: '{"tokens": [1, 2]}' }, 2, []],
    ["that it has no such address", { status: 404, body: '{"detail": "Not Found"}' }, null, ["no such route"]],
    ["that it does not like it", { status: 400, body: "{}" }, null, ["refused"]],
    ["something else", { status: 200, body: '{"count": -1}' }, null, ["nonsense"]],
    ["more tokens than bytes", { status: 200, body: '{"count": 21}' }, null, ["nonsense"]],
    ["no token for a text", { status: 200, body: '{"count": 0}' }, null, ["nonsense"]],
    ["no JSON", { status: 200, body: "<html>" }, null, ["nonsense"]],
  ])("may answer %s", async (_, given, expected, why) => {
    answer = given;
    const silent: string[] = [];
    expect(await createHostTokenizer({ url, onSilent: (reason) => silent.push(reason) })("text")).toBe(expected);
    expect(silent).toEqual(why);
  });

  it("may not be there, or not in time", async () => {
    const silent: string[] = [];
    const onSilent = (reason: string) => void silent.push(reason);
    expect(await createHostTokenizer({ url: "http://127.0.0.1:1/v1", onSilent })("text")).toBeNull();
    answer = "hang";
    expect(await createHostTokenizer({ url, timeoutMs: 50, onSilent })("text")).toBeNull();
    expect(silent).toEqual(["not reached", "no answer in time"]);
  });
});
