import { z } from "zod";
import type { Turn } from "./llama-runtime.ts";

/** What is read of a chat completion request (OpenAI's API reference, "Create chat completion"); other fields are ignored. */
export const chatRequestSchema = z.looseObject({
  model: z.string(),
  messages: z
    .array(z.object({ role: z.enum(["system", "developer", "user", "assistant"]), content: z.string() }))
    .min(1),
  temperature: z.number().min(0).max(2).default(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  seed: z.int().nullish(),
  stream: z.boolean().nullish(),
  logprobs: z.boolean().nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()) }).optional(),
    })
    .nullish(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** The conversation with an empty turn of the model at its end, which the runtime fills. */
export function turnsOf({ messages }: ChatRequest): readonly Turn[] {
  const turns = messages.map(({ role, content }): Turn => {
    if (role === "assistant") return { type: "model", response: [content] };
    return role === "user" ? { type: "user", text: content } : { type: "system", text: content };
  });
  return [...turns, { type: "model", response: [] }];
}

/** How many tokens an answer may have; null: as many as fit. */
export function wantedTokens({ max_completion_tokens, max_tokens }: ChatRequest): number | null {
  return max_completion_tokens ?? max_tokens ?? null;
}
