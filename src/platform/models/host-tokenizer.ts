import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { cappedFetch } from "./capped-fetch.ts";

export type HostTokenizerOptions = {
  /** Base URL of the host, e.g. `http://gpu-1:8000/v1`. */
  readonly url: string;
  /** Without it the host's only model. */
  readonly model?: string;
  readonly apiKey?: string;
  /** Milliseconds; default 5,000. */
  readonly timeoutMs?: number;
};

/** vLLM and SGLang say a count, llama.cpp the tokens themselves. */
const answerSchema = z.union([
  z.object({ count: z.number().int().nonnegative() }).transform(({ count }) => count),
  z.object({ tokens: z.array(z.unknown()) }).transform(({ tokens }) => tokens.length),
]);

const maxBytes = 16 * 1024 * 1024;
const remembered = 5_000;

/**
 * Counts tokens by a host's own tokenizer (`POST /tokenize`, beside `/v1`), each text once. Null where the host does not
 * tell: it has no such address, does not answer in time, or answers something else; the caller then estimates.
 */
export function createHostTokenizer(options: HostTokenizerOptions): (text: string) => Promise<number | null> {
  const { model, apiKey, timeoutMs = 5_000 } = options;
  const address = `${options.url.replace(/\/+$/, "").replace(/\/v1$/, "")}/tokenize`;
  const known = new LRUCache<string, number>({ max: remembered });
  const fetchCapped = cappedFetch(maxBytes);

  async function ask(text: string): Promise<number | null> {
    const body = { ...(model === undefined ? {} : { model }), prompt: text, content: text, add_special_tokens: false };
    try {
      const response = await fetchCapped(address, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return response.ok ? (answerSchema.safeParse(await response.json()).data ?? null) : null;
    } catch {
      // Not reached, too late, too large, no JSON: each means that this host does not tell.
      return null;
    }
  }

  return async (text) => {
    const key = createHash("sha256").update(text).digest("base64");
    const found = known.get(key);
    if (found !== undefined) return found;
    const count = await ask(text);
    if (count !== null) known.set(key, count);
    return count;
  };
}
