import { createServer } from "node:http";
import { z } from "zod";
import { type CaseMarkers, readMarkers } from "../../src/playground/rehearsal/read-markers.ts";

const requestSchema = z.looseObject({ messages: z.array(z.object({ role: z.string(), content: z.string() })) });

export type ScriptedModel = {
  /** For `FLEET_MODEL_HOSTS`. */
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
};

/**
 * A model host on 127.0.0.1 that says what `answer` says: to the purpose of a request, and how often that was asked before.
 * Null is answered with 500, as by a host that fell over.
 */
export async function startScriptedModel(
  answer: (markers: CaseMarkers, before: number) => string | null | Promise<string | null>,
): Promise<ScriptedModel> {
  const asked: string[] = [];
  const answerTo = async (body: string): Promise<object | null> => {
    const { messages } = requestSchema.parse(JSON.parse(body));
    const markers = readMarkers(messages);
    if (markers === null) return null;
    const before = asked.filter((purpose) => purpose === markers.purpose).length;
    asked.push(markers.purpose);
    const content = await answer(markers, before);
    if (content === null) return null;
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
    return { id: `chat-${asked.length}`, object: "chat.completion", created: 0, model: "scripted", choices, usage };
  };
  const server = createServer(async (request, response) => {
    // It has no metrics and no tokenizer.
    if (request.url !== "/v1/models" && request.url !== "/v1/chat/completions")
      return void response.writeHead(404).end();
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const models = { object: "list", data: [{ id: "scripted", object: "model", created: 0, owned_by: "test" }] };
    const value = request.url === "/v1/models" ? models : await answerTo(body);
    response.writeHead(value === null ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(value ?? { error: { message: "the script has no answer" } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the model has no port");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
