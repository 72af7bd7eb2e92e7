import type { CountTokens } from "./context.ts";

/** Counts each text once: while a context is put together the same lines are weighed many times. To be used for one context. */
export function rememberCounts(countTokens: CountTokens): CountTokens {
  const counts = new Map<string, number>();
  return (text) => {
    const known = counts.get(text);
    if (known !== undefined) return known;
    const tokens = countTokens(text);
    counts.set(text, tokens);
    return tokens;
  };
}
