import { LRUCache } from "lru-cache";
import type { CommitSource } from "../application/code-index-ports.ts";
import type { CodeSource } from "../application/ports.ts";

/** Of texts, in memory. */
const rememberedCharacters = 32 * 1024 * 1024;

/**
 * Reads the texts of files by git's ids of their contents, all that it does not remember in one call: the files of one commit
 * stand in the contexts of many tasks.
 */
export function createReadTexts(characters = rememberedCharacters) {
  const known = new LRUCache<string, string>({ maxSize: characters });
  return async (
    commits: Pick<CommitSource, "texts">,
    blobs: ReadonlyMap<string, string>,
  ): ReturnType<CodeSource["texts"]> => {
    // Whether a content is shown as text may depend on its path.
    const keyOf = (path: string, blob: string): string => `${blob} ${path}`;
    const texts = new Map<string, string>();
    const missing = [];
    for (const [path, blob] of blobs) {
      const text = known.get(keyOf(path, blob));
      if (text === undefined) missing.push({ path, blob, size: 0 });
      else texts.set(path, text);
    }
    for await (const read of commits.texts(missing)) {
      if (read.kind !== "text") continue;
      const { path, blob } = read.file;
      texts.set(path, read.text);
      known.set(keyOf(path, blob), read.text, { size: Math.max(1, read.text.length) });
    }
    return texts;
  };
}
