import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { createSingleFlight } from "../platform/cache/single-flight.ts";

/** Of contexts as JSON, in memory. */
const rememberedCharacters = 16 * 1024 * 1024;

export type RememberBuilt<T> = (
  of: object,
  build: () => Promise<T>,
  /** False: it may come out better the next time, and is not kept. */
  isWorthIt?: (built: T) => boolean,
) => Promise<T>;

/**
 * Remembers what was built, by all that it is made from: a reader of another role, a new decision or another commit is another
 * key, so nothing here is ever out of date, and who asks for the same at once waits for one. What is read of the graph for it is
 * read, and recorded, each time.
 */
export function rememberBuilt<T extends object>(characters = rememberedCharacters): RememberBuilt<T> {
  const known = new LRUCache<string, T>({ maxSize: characters });
  const once = createSingleFlight<T>();
  return (of, build, isWorthIt = () => true) => {
    const key = createHash("sha256").update(JSON.stringify(of)).digest("base64");
    const found = known.get(key);
    if (found !== undefined) return Promise.resolve(found);
    return once(key, async () => {
      const built = await build();
      if (isWorthIt(built)) known.set(key, built, { size: JSON.stringify(built).length });
      return built;
    });
  };
}
