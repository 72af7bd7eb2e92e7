import { createServer, type IncomingMessage } from "node:http";
import { z } from "zod";

const requestSchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  response_format: z.unknown().optional(),
  max_tokens: z.number().optional(),
});
const completionSchema = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) });

export type ForeignModelOptions = {
  /** The key that it asks for. */
  readonly apiKey: string;
  /**
   * `plain`: answers in one body, without `usage`, and refuses JSON Schemas and the old name of the limit with 400.
   * `stream`: answers in chunks only, ignores JSON Schemas, thinks aloud and wraps JSON in a fence.
   */
  readonly kind: "plain" | "stream";
  /** Models that it lists beside the working ones. */
  readonly also: readonly string[];
};

export type ForeignModel = {
  readonly url: string;
  /** What it refused, as the texts of its errors; and models that were asked for and cannot chat. */
  readonly refused: readonly string[];
  close(): Promise<void>;
};

/**
 * An OpenAI-compatible server that is not vLLM: no `/health`, no `/metrics`, its own idea of which parameters there are.
 * What it says comes from the server behind it.
 */
export async function startForeignModel(behind: string, options: ForeignModelOptions): Promise<ForeignModel> {
  const refused: string[] = [];

  async function answer(request: IncomingMessage): Promise<Answer> {
    if (request.headers.authorization !== `Bearer ${options.apiKey}`) return refuse(401, "Incorrect API key provided");
    if (request.url === "/v1/models") return models();
    if (request.url !== "/v1/chat/completions") return { status: 404, type: "text/html", body: "<h1>Not Found</h1>" };
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const asked = requestSchema.parse(JSON.parse(text));
    if (options.also.includes(asked.model)) return refuse(400, `${asked.model} is not a chat model`);
    if (options.kind === "plain") {
      if (asked.max_tokens !== undefined)
        return refuse(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
      if (asked.response_format !== undefined)
        return refuse(400, "response_format of type json_schema is not supported");
    }
    const { response_format: _, stream: __, ...rest } = asked;
    const said = await fetch(`${behind}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(rest),
    });
    if (!said.ok) return { status: said.status, type: "application/json", body: await said.text() };
    const content = completionSchema.parse(await said.json()).choices[0]?.message.content ?? "";
    return options.kind === "plain" ? whole(content) : inChunks(content);
  }

  async function models(): Promise<Answer> {
    const listed = z.object({ data: z.array(z.object({ id: z.string() })) });
    const { data } = listed.parse(await (await fetch(`${behind}/models`)).json());
    const ids = [...options.also, ...data.map(({ id }) => id)];
    return json(200, { data: ids.map((id) => ({ id })) });
  }

  function refuse(status: number, message: string): Answer {
    refused.push(message);
    return json(status, { error: { message } });
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown): Answer => json(500, { error: { message: String(error) } }))
      .then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the model has no port");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { readonly status: number; readonly type: string; readonly body: string };

function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

function whole(content: string): Answer {
  return json(200, { choices: [{ message: { content } }] });
}

/** A role first, then the text in pieces with a thought before it, then the end: no `usage`, no id, no object. */
function inChunks(content: string): Answer {
  const said = content.trimStart().startsWith("{") ? `Here it is:\n\n\`\`\`json\n${content}\n\`\`\`\n` : content;
  const text = `<think>The answer needs {braces} and care.</think>\n\n${said}`;
  const pieces = text.match(/[\s\S]{1,400}/g) ?? [];
  const chunks = [
    { choices: [{ delta: { role: "assistant" } }] },
    ...pieces.map((piece) => ({ choices: [{ delta: { content: piece } }] })),
    { choices: [{ delta: {}, finish_reason: "stop" }] },
  ];
  const body = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
  return { status: 200, type: "text/event-stream", body };
}
