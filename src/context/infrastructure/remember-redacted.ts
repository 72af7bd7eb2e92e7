import { LRUCache } from "lru-cache";
import type { RedactedText, RedactText } from "../application/ports.ts";

/** Of texts and what is left of them without secrets. */
const rememberedCharacters = 32 * 1024 * 1024;

/**
 * Redacts each text once while it is remembered: the files of one commit stand in the contexts of many tasks. At most so many
 * characters are kept.
 */
export function rememberRedacted(redact: RedactText, characters = rememberedCharacters): RedactText {
  const known = new LRUCache<string, RedactedText>({ maxSize: characters });
  return async (text, path) => {
    // A path may end in whatever a text begins with.
    const key = `${path.length} ${path}${text}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const redacted = await redact(text, path);
    known.set(key, redacted, { size: key.length + redacted.text.length });
    return redacted;
  };
}
