import { Hono } from "hono";
import { z } from "zod";
import { chatRequestSchema } from "./chat-request.ts";
import type { Answered, GgufModel } from "./gguf-model.ts";

/** vLLM's request for a count. */
const tokenizeSchema = z.object({ prompt: z.string() });

/** The chat protocol over one model: `/health`, `/tokenize`, `/v1/models`, `/v1/chat/completions`. A client that leaves ends its answer. */
export function ggufRoutes(name: string, model: GgufModel): Hono {
  const app = new Hono();
  app.get("/health", (context) => context.body(null, 200));
  app.get("/v1/models", (context) =>
    context.json({
      object: "list",
      data: [
        {
          id: name,
          object: "model",
          created: 0,
          owned_by: "fleet",
          max_model_len: model.contextSize,
          meta: { n_params: model.parameters },
        },
      ],
    }),
  );
  app.post("/tokenize", async (context) => {
    const request = tokenizeSchema.safeParse(await context.req.json().catch(() => null));
    if (!request.success) return context.json(problem("prompt must be a text", "prompt", 400), 400);
    return context.json({ count: model.countTokens(request.data.prompt), max_model_len: model.contextSize });
  });
  app.post("/v1/chat/completions", async (context) => {
    const request = chatRequestSchema.safeParse(await context.req.json().catch(() => null));
    if (!request.success) {
      const [issue] = request.error.issues;
      return context.json(problem(issue?.message ?? "no chat completion", issue?.path.join(".") ?? null, 400), 400);
    }
    if (request.data.model !== name) {
      return context.json(problem(`The model ${request.data.model.slice(0, 100)} does not exist.`, "model", 404), 404);
    }
    if (request.data.logprobs === true) {
      return context.json(problem("Log probabilities are not to be had here.", "logprobs", 400), 400);
    }
    const answer = await model.answer(request.data, context.req.raw.signal);
    if (answer.kind === "refused") return context.json(problem(answer.message, answer.param, 400), 400);
    const body = completion(name, answer);
    if (request.data.stream !== true) return context.json(body);
    const [choice] = body.choices;
    const chunk = {
      ...body,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: choice?.message, finish_reason: choice?.finish_reason }],
    };
    return context.body(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`, 200, {
      "content-type": "text/event-stream",
    });
  });
  app.notFound((context) => context.json(problem("There is no such route.", null, 404), 404));
  app.onError((error, context) => context.json(problem(error.message.slice(0, 300), null, 500), 500));
  return app;
}

function completion(model: string, { text, finish, tokensIn, tokensOut }: Answered) {
  return {
    id: "chatcmpl-gguf",
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: finish }],
    usage: { prompt_tokens: tokensIn, completion_tokens: tokensOut, total_tokens: tokensIn + tokensOut },
  };
}

/** The shape of vLLM's errors. */
function problem(message: string, param: string | null, code: number) {
  return { error: { message, type: code === 404 ? "NotFoundError" : "BadRequestError", param, code } };
}
