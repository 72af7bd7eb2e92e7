import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import { readMarkers } from "./read-markers.ts";
import { openRecordings, type Recordings, rehearsalModels } from "./recordings.ts";

/** Shown wherever the rehearsal model's name is. */
export const rehearsalLabel = "rehearsal (recorded answers, not a model)";

export type RehearsalModel = {
  /** Base URL for `FLEET_MODEL_HOSTS`, e.g. `http://127.0.0.1:4100/v1`. */
  readonly url: string;
  /** Requests answered from recordings, and requests without a recording. */
  readonly served: { answered: number; unknown: number };
  close(): Promise<void>;
};

const requestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  stream: z.boolean().nullish(),
});

/**
 * Starts the rehearsal model: a small OpenAI-compatible server on 127.0.0.1 that plays back recorded, partly wrong
 * answers to the sample stories (PRODUCT.md, "First five minutes"). A story or feedback that it does not know is
 * answered with 404 and the code `no_recorded_answer`, never with invented work.
 */
export async function startRehearsalModel(options: { readonly port?: number } = {}): Promise<RehearsalModel> {
  const served = { answered: 0, unknown: 0 };
  const app = routes(openRecordings(), served);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The rehearsal model has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    served,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        if (isHttp(server)) server.closeAllConnections();
      }),
  };
}

function isHttp(server: object): server is Server {
  return "closeAllConnections" in server;
}

function routes(recordings: Recordings, served: RehearsalModel["served"]): Hono {
  const app = new Hono();
  app.get("/health", (context) => context.body(null, 200));
  app.get("/v1/models", (context) =>
    context.json({
      object: "list",
      data: rehearsalModels.map((id) => ({ id, object: "model", created: 0, owned_by: rehearsalLabel })),
    }),
  );
  app.post("/v1/chat/completions", async (context) => {
    const request = requestSchema.safeParse(await context.req.json().catch(() => null));
    if (!request.success) return context.json(problem("The request is no chat completion.", "invalid_request"), 400);
    const { model, messages, stream } = request.data;
    if (!rehearsalModels.some((name) => name === model)) {
      return context.json(problem(`The model ${model.slice(0, 100)} does not exist.`, "model_not_found"), 404);
    }
    const markers = readMarkers(messages);
    const text = markers === null ? null : recordings.find(markers, model);
    if (text === null) {
      served.unknown += 1;
      return context.json(
        problem("no recorded answer: the rehearsal knows only its own stories", "no_recorded_answer"),
        404,
      );
    }
    served.answered += 1;
    const answer = completion(model, messages.map(({ content }) => content).join("\n"), text);
    if (stream !== true) return context.json({ ...answer, object: "chat.completion" });
    const chunk = {
      ...answer,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: { role: "assistant", content: text }, finish_reason: "stop" }],
    };
    return context.body(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, 200, {
      "content-type": "text/event-stream",
    });
  });
  app.notFound((context) => context.json(problem("There is no such route.", "not_found"), 404));
  return app;
}

function completion(model: string, prompt: string, text: string) {
  // Four characters a token: an estimate, said to be one by the fingerprint.
  const [prompt_tokens, completion_tokens] = [Math.ceil(prompt.length / 4), Math.ceil(text.length / 4)];
  return {
    id: `rehearsal-${model}`,
    created: 0,
    model,
    system_fingerprint: "recorded",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
  };
}

function problem(message: string, code: string) {
  return { error: { message, type: "invalid_request_error", param: null, code } };
}
