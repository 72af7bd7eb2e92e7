import { z } from "zod";

/** The models that a host says it serves, and how long their context is in tokens; null where it does not say. */
export type Listing = ReadonlyMap<string, number | null>;

const contextLength = z.int().min(1).nullish().catch(null);

// vLLM names the context `max_model_len`; OpenRouter, Mistral and Groq have names of their own.
const modelSchema = z.object({
  id: z.string().min(1),
  max_model_len: contextLength,
  context_length: contextLength,
  max_context_length: contextLength,
  context_window: contextLength,
});

/** Names of models that answer no chat; hosts list them beside the others. */
const noChat = /embed|rerank|whisper|transcri|\btts\b|moderation|diffusion|dall-e|\bclip\b|\bocr\b/i;

/**
 * Reads the `data` of `GET /v1/models`: the models that may be asked; all of them where no name says that it can chat.
 * @throws ZodError for what is no list of models
 */
export function readListing(data: unknown): Listing {
  const models = z.array(modelSchema).parse(data);
  const able = models.filter(({ id }) => !noChat.test(id));
  return new Map(
    (able.length > 0 ? able : models).map((model) => [
      model.id,
      model.max_model_len ?? model.context_length ?? model.max_context_length ?? model.context_window ?? null,
    ]),
  );
}
