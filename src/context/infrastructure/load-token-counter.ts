import { LRUCache } from "lru-cache";
import type { CountTokens } from "../domain/context.ts";

/** A run without a break costs the encoder time in the square of its length: 200,000 equal letters took 38 s. */
const sliceLength = 1_000;

/** Characters of lines whose counts are kept: the same ones are weighed many times, in context after context. */
const remembered = 4_000_000;

/**
 * Loads the tokenizer (cl100k, about 40 MB, 0.1 s: hence on demand). A text is counted line by line, which is exact, and a line
 * in slices, which bounds the time and counts at most one token too many per slice.
 */
export async function loadTokenCounter(): Promise<CountTokens> {
  const { countTokens } = await import("gpt-tokenizer/encoding/cl100k_base");
  const countSlice = (text: string): number => countTokens(text, { disallowedSpecial: new Set<string>() });
  const countPart = (part: string): number => {
    if (part.length > sliceLength) return inSlices(part, countSlice);
    const known = counts.get(part);
    if (known !== undefined) return known;
    const tokens = countSlice(part);
    counts.set(part, tokens);
    return tokens;
  };
  return (text) => {
    let tokens = 0;
    for (let from = 0; from < text.length; ) {
      const to = endOfPart(text, from);
      tokens += countPart(text.slice(from, to));
      from = to;
    }
    return tokens;
  };
}

const counts = new LRUCache<string, number>({
  maxSize: remembered,
  sizeCalculation: (_tokens, part) => part.length + 1,
});

function inSlices(part: string, countSlice: (slice: string) => number): number {
  let tokens = 0;
  for (let at = 0; at < part.length; at += sliceLength) tokens += countSlice(part.slice(at, at + sliceLength));
  return tokens;
}

/** What begins a line that is not blank, so that no token reaches over it from the line before. */
const begins = /[ \t]*[!-~\p{L}\p{N}]/uy;

/** Where the line that begins at `from` ends, with the blank lines after it. */
function endOfPart(text: string, from: number): number {
  for (let at = text.indexOf("\n", from); at !== -1; at = text.indexOf("\n", at + 1)) {
    begins.lastIndex = at + 1;
    if (begins.test(text)) return at + 1;
  }
  return text.length;
}
