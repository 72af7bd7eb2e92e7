import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z.unknown().optional(),
});

export type Seen = { readonly body: z.infer<typeof bodySchema>; readonly authorization: string | undefined };

export type FakeAnswer =
  | { readonly text: string; readonly finish?: string; readonly tokens?: readonly [number, number] }
  | { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | { readonly raw: string }
  | "hang"
  | "hang-up";

/** An OpenAI-compatible host whose answers a test decides request by request. */
export async function startFakeModelHost(
  answer: (seen: Seen, count: number) => FakeAnswer | Promise<FakeAnswer>,
  models: readonly string[] = ["m"],
): Promise<{ url: string; seen: Seen[]; close(): Promise<void> }> {
  const seen: Seen[] = [];
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/models") {
      return send(response, 200, { object: "list", data: models.map((id) => ({ id, object: "model" })) });
    }
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const entry = { body: bodySchema.parse(JSON.parse(text)), authorization: request.headers.authorization };
    seen.push(entry);
    const reply = await answer(entry, seen.length);
    if (reply === "hang") return;
    if (reply === "hang-up") return void request.socket.destroy();
    if ("raw" in reply) return void response.writeHead(200, { "content-type": "application/json" }).end(reply.raw);
    if ("status" in reply) return send(response, reply.status, reply.json ?? {}, reply.headers);
    const [prompt_tokens, completion_tokens] = reply.tokens ?? [10, 5];
    send(response, 200, {
      id: "x",
      object: "chat.completion",
      choices: [
        { index: 0, message: { role: "assistant", content: reply.text }, finish_reason: reply.finish ?? "stop" },
      ],
      usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
    });
  }
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, json: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(json));
}
