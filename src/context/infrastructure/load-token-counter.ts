import { LRUCache } from "lru-cache";
import type { CountTokens } from "../domain/context.ts";

/** A run without a break costs the encoder time in the square of its length: 200,000 equal letters took 38 s. */
const sliceLength = 1_000;

/**
 * Characters of texts whose counts are kept, in all and of one: the same lines are weighed many times while a context is put
 * together, and for context after context.
 */
const remembered = { all: 4_000_000, one: 100_000 } as const;

/**
 * Loads the tokenizer (cl100k, about 40 MB, 0.1 s: hence on demand). A text is counted in slices, which bounds the time
 * and counts at most one token too many per slice.
 */
export async function loadTokenCounter(): Promise<CountTokens> {
  const { countTokens } = await import("gpt-tokenizer/encoding/cl100k_base");
  return (text) => {
    const known = counts.get(text);
    if (known !== undefined) return known;
    let tokens = 0;
    for (let at = 0; at < text.length; at += sliceLength) {
      tokens += countTokens(text.slice(at, at + sliceLength), { disallowedSpecial: new Set<string>() });
    }
    counts.set(text, tokens);
    return tokens;
  };
}

const counts = new LRUCache<string, number>({
  maxSize: remembered.all,
  maxEntrySize: remembered.one,
  sizeCalculation: (_tokens, text) => text.length + 1,
});
