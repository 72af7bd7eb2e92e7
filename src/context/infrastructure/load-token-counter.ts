import type { CountTokens } from "../domain/context.ts";

/** A run without a break costs the encoder time in the square of its length: 200,000 equal letters took 38 s. */
const sliceLength = 1_000;

/**
 * Loads the tokenizer (cl100k, about 40 MB, 0.1 s: hence on demand). A text is counted in slices, which bounds the time
 * and counts at most one token too many per slice.
 */
export async function loadTokenCounter(): Promise<CountTokens> {
  const { countTokens } = await import("gpt-tokenizer/encoding/cl100k_base");
  return (text) => {
    let tokens = 0;
    for (let at = 0; at < text.length; at += sliceLength) {
      tokens += countTokens(text.slice(at, at + sliceLength), { disallowedSpecial: new Set<string>() });
    }
    return tokens;
  };
}
