import { z } from "zod";

/** Text, or the parts of which some servers make it up; parts that are no text are left out. */
const content = z
  .union([
    z.string(),
    z
      .array(z.object({ text: z.string().nullish() }))
      .transform((parts) => parts.map(({ text }) => text ?? "").join("")),
  ])
  .nullish();

/** A number of tokens; whatever else a host says there is none. */
const tokens = z.int().min(0).catch(0);

// vLLM tells the tokens that its prefix cache held only with --enable-prompt-tokens-details.
const usage = z
  .object({
    prompt_tokens: tokens,
    completion_tokens: tokens,
    prompt_tokens_details: z.object({ cached_tokens: tokens }).nullish().catch(null),
    completion_tokens_details: z.object({ reasoning_tokens: tokens }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

// A host with a reasoning parser sends what the model thought beside its answer; vLLM renamed the field.
const message = z.object({ content, reasoning_content: content.catch(null), reasoning: content.catch(null) });

// Only what is used: hosts differ in the rest. vLLM sends null for a missing content, and some leave `usage` out.
const completionSchema = z.object({
  choices: z.array(z.object({ message, finish_reason: z.string().nullish() })).min(1),
  usage,
});

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: message.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage,
});

/** An answer of a model host, as far as it is used. */
export type Completion = z.infer<typeof completionSchema>;

/**
 * Reads what the client gave back: an object, or the text of an event stream, which some hosts send whatever was asked.
 * @throws ZodError or SyntaxError for what is neither
 */
export function parseCompletion(body: unknown): Completion {
  if (typeof body !== "string") return completionSchema.parse(body);
  return joinChunks(eventsOf(body));
}

/** Collects a stream of chunks into one answer of the same shape. */
export async function collectChunks(stream: AsyncIterable<unknown>): Promise<Completion> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return joinChunks(chunks);
}

function eventsOf(text: string): readonly unknown[] {
  return text
    .split(/\r?\n/)
    .flatMap((line) => /^data:\s*(.+)$/.exec(line)?.[1] ?? [])
    .filter((data) => data !== "[DONE]")
    .map((data): unknown => JSON.parse(data));
}

function joinChunks(chunks: readonly unknown[]): Completion {
  const parsed = z.array(chunkSchema).min(1).parse(chunks);
  const choices = parsed.flatMap((chunk) => chunk.choices?.slice(0, 1) ?? []);
  const joined = (part: keyof z.infer<typeof message>) => choices.map(({ delta }) => delta?.[part] ?? "").join("");
  return {
    choices: [
      {
        message: {
          content: joined("content"),
          reasoning_content: joined("reasoning_content"),
          reasoning: joined("reasoning"),
        },
        finish_reason: choices.findLast((choice) => typeof choice.finish_reason === "string")?.finish_reason,
      },
    ],
    usage: parsed.findLast((chunk) => chunk.usage !== null && chunk.usage !== undefined)?.usage,
  };
}
