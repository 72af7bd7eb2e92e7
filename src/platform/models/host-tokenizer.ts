import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { AnswerTooLarge, cappedFetch } from "./capped-fetch.ts";

export type HostTokenizerOptions = {
  /** Base URL of the host, e.g. `http://gpu-1:8000/v1`. */
  readonly url: string;
  /** Without it the host's only model. */
  readonly model?: string;
  readonly apiKey?: string;
  /** Milliseconds; default 5,000. */
  readonly timeoutMs?: number;
  /** Told why the host does not tell, each time. */
  readonly onSilent?: (why: SilentReason) => void;
};

/** Why a host tells no count. One closed list. */
export type SilentReason = "no answer in time" | "not reached" | "no such route" | "refused" | "nonsense";

/** vLLM and SGLang say a count, llama.cpp the tokens themselves. */
const answerSchema = z.union([
  z.object({ count: z.number().int().nonnegative() }).transform(({ count }) => count),
  z.object({ tokens: z.array(z.unknown()) }).transform(({ tokens }) => tokens.length),
]);

const maxBytes = 16 * 1024 * 1024;
const remembered = 5_000;

/** A token is at least a byte, and no tokenizer gets more characters of text or code into one, on the whole of a text. */
const mostCharacters = 64;
/** What a host may put around a text though it is asked not to. */
const mostFraming = 16;

function isPlausible(count: number, text: string): boolean {
  return count <= Buffer.byteLength(text) + mostFraming && count * mostCharacters >= text.length;
}

/**
 * Counts tokens by a host's own tokenizer (`POST /tokenize`, beside `/v1`), each text once. Null where the host does not
 * tell: it has no such address, does not answer in time, or answers something else; the caller then estimates.
 */
export function createHostTokenizer(options: HostTokenizerOptions): (text: string) => Promise<number | null> {
  const { model, apiKey, timeoutMs = 5_000, onSilent } = options;
  const address = `${options.url.replace(/\/+$/, "").replace(/\/v1$/, "")}/tokenize`;
  const known = new LRUCache<string, number>({ max: remembered });
  const fetchCapped = cappedFetch(maxBytes);

  async function ask(text: string): Promise<number | SilentReason> {
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
      if (!response.ok) return response.status === 404 || response.status === 405 ? "no such route" : "refused";
      const count = answerSchema.safeParse(await response.json()).data;
      return count !== undefined && isPlausible(count, text) ? count : "nonsense";
    } catch (error) {
      // Each of these means that this host does not tell; what an error says more may quote the text.
      if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
      return error instanceof SyntaxError || error instanceof AnswerTooLarge ? "nonsense" : "not reached";
    }
  }

  return async (text) => {
    const key = createHash("sha256").update(text).digest("base64");
    const found = known.get(key);
    if (found !== undefined) return found;
    const said = await ask(text);
    if (typeof said === "number") known.set(key, said);
    else onSilent?.(said);
    return typeof said === "number" ? said : null;
  };
}
