import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

const bodySchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response_format: z.unknown().optional(),
});

const tokenizeSchema = z.object({ model: z.string(), prompt: z.string() });

export type Seen = { readonly body: z.infer<typeof bodySchema>; readonly authorization: string | undefined };

export type FakeAnswer =
  | { readonly text: string; readonly finish?: string; readonly tokens?: readonly [number, number] }
  | { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | { readonly raw: string | Buffer; readonly type?: string }
  /** The head and the beginning of a body, and then nothing, or the end of the connection. */
  | { readonly begin: string; readonly ending: "hang" | "hang-up" }
  | "hang"
  | "hang-up";

export type FakeModel = { readonly id: string; readonly max_model_len?: number; readonly meta?: object };

export type FakeModelHost = {
  readonly url: string;
  readonly seen: Seen[];
  /** What it lists; may be changed. */
  models: readonly FakeModel[];
  /** Its `/metrics`; null: it has none. "hang-up" ends the connection. */
  metrics: (() => string) | null;
  /** Its `/tokenize`: a count, or what else it answers; null: it has none. */
  tokenize: ((asked: { readonly model: string; readonly prompt: string }) => number | FakeAnswer) | null;
  /** Requests whose connection was given up before they were answered. */
  readonly givenUp: () => number;
  close(): Promise<void>;
};

/** An OpenAI-compatible host whose answers a test decides request by request. */
export async function startFakeModelHost(
  answer: (seen: Seen, count: number) => FakeAnswer | Promise<FakeAnswer>,
  models: readonly string[] = ["m"],
): Promise<FakeModelHost> {
  const seen: Seen[] = [];
  let givenUp = 0;
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/models") {
      return send(response, 200, { object: "list", data: host.models.map((model) => ({ ...model, object: "model" })) });
    }
    if (request.url === "/metrics") {
      const page = host.metrics === null ? null : host.metrics();
      if (page === "hang-up") return void request.socket.destroy();
      return void response.writeHead(page === null ? 404 : 200).end(page ?? "Not Found");
    }
    response.on("close", () => {
      if (!response.writableFinished) givenUp += 1;
    });
    let text = "";
    for await (const chunk of request) text += String(chunk);
    if (request.url === "/tokenize") {
      const count = host.tokenize?.(tokenizeSchema.parse(JSON.parse(text))) ?? { status: 404 };
      return typeof count === "number" ? send(response, 200, { count }) : say(request, response, count);
    }
    const entry = { body: bodySchema.parse(JSON.parse(text)), authorization: request.headers.authorization };
    seen.push(entry);
    say(request, response, await answer(entry, seen.length));
  }
  function say(request: IncomingMessage, response: ServerResponse, reply: FakeAnswer): void {
    if (reply === "hang") return;
    if (reply === "hang-up") return void request.socket.destroy();
    if ("raw" in reply) {
      return void response.writeHead(200, { "content-type": reply.type ?? "application/json" }).end(reply.raw);
    }
    if ("begin" in reply) {
      response.writeHead(200, { "content-type": "application/json" });
      response.write(reply.begin, () => {
        if (reply.ending === "hang-up") request.socket.destroy();
      });
      return;
    }
    if ("status" in reply) return void send(response, reply.status, reply.json ?? {}, reply.headers);
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
  const host: FakeModelHost = {
    url: `http://127.0.0.1:${address.port}/v1`,
    seen,
    models: models.map((id) => ({ id })),
    metrics: null,
    tokenize: null,
    givenUp: () => givenUp,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return host;
}

function send(response: ServerResponse, status: number, json: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(json));
}
