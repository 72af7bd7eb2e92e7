import { z } from "zod";

/** A request of a load, as every side sends it. */
export type LoadRequest = { readonly model: string; readonly prompt: string; readonly maxTokens: number };

const usageSchema = z.object({ usage: z.object({ completion_tokens: z.int() }) });

/** Runs `work` for each item, so many at once. */
export async function atOnce<T>(
  concurrency: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/**
 * Sends a request straight to a server, as `vllm bench serve` does, with nothing between: by Node's own fetch. Returns the
 * tokens written, by the server's `usage`.
 * @throws {Error} when there is no answer with its usage
 */
export async function sendStraight(
  url: string,
  { model, prompt, maxTokens }: LoadRequest,
  options: { readonly stream: boolean; readonly apiKey: string | undefined },
): Promise<number> {
  const { stream, apiKey } = options;
  const response = await fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: prompt }],
      temperature: 0,
      max_tokens: maxTokens,
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
  });
  const text = await response.text();
  const body = stream ? /^data: (\{.*"usage":\s*\{.*\})$/m.exec(text)?.[1] : text;
  if (!response.ok || body === undefined)
    throw new Error(`The model server answered ${response.status} without usage.`);
  return usageSchema.parse(JSON.parse(body)).usage.completion_tokens;
}
