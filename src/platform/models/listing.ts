import { z } from "zod";

/** What a host's list says of a model; null where it does not say. */
export type ListedModel = {
  /** Tokens of prompt and answer together. */
  readonly contextLength: number | null;
  /** How many weights the model has. */
  readonly parameters: number | null;
};

/** The models that a host says it serves. */
export type Listing = ReadonlyMap<string, ListedModel>;

const count = z.int().min(1).nullish().catch(null);

// vLLM names the context `max_model_len`; OpenRouter, Mistral and Groq have names of their own.
const modelSchema = z.object({
  id: z.string().min(1),
  max_model_len: count,
  context_length: count,
  max_context_length: count,
  context_window: count,
  // llama.cpp's server tells what it read in the model's file.
  meta: z.object({ n_params: count }).nullish().catch(null),
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
      {
        contextLength:
          model.max_model_len ?? model.context_length ?? model.max_context_length ?? model.context_window ?? null,
        parameters: model.meta?.n_params ?? null,
      },
    ]),
  );
}
