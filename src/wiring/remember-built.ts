import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Cache } from "../platform/cache/cache.ts";
import { createSingleFlight } from "../platform/cache/single-flight.ts";
import type { TextForm } from "../platform/cache/written-through.ts";

/** How long what was built is kept, in ms: a fleet of another version, which may build it otherwise, is asked for it no longer. */
const ttlMs = 600_000;

export type RememberOptions<T> = TextForm<T> & {
  readonly cache: Cache;
  readonly logger: Pick<Logger, "warn">;
  /** What is built; one kind's keys are never another's. */
  readonly kind: string;
};

export type RememberBuilt<T> = (
  of: { readonly role: string },
  build: () => Promise<T>,
  /** False: it may come out better the next time, and is not kept. */
  isWorthIt?: (built: T) => boolean,
) => Promise<T>;

/**
 * Remembers what was built, by all that it is made from, in the cache that the fleet's processes share: a reader of another
 * role, a new decision or another commit is another key, so nothing here is ever out of date, and who asks for the same at once
 * waits for one. What is read of the graph for it is read, and recorded, each time. A cache that does not answer counts as
 * empty.
 */
export function rememberBuilt<T>({ cache, logger, kind, toText, fromText }: RememberOptions<T>): RememberBuilt<T> {
  const once = createSingleFlight<T>();
  const orNothing = async <A>(answer: Promise<A>): Promise<A | undefined> => {
    try {
      return await answer;
    } catch (error) {
      logger.warn({ reason: error instanceof Error ? error.message : "unknown" }, "the cache does not answer");
      return undefined;
    }
  };
  return (of, build, isWorthIt = () => true) => {
    const key = `${kind}/${of.role}/${createHash("sha256").update(JSON.stringify(of)).digest("base64")}`;
    return once(key, async () => {
      const text = await orNothing(cache.get(key));
      const found = text === undefined ? null : fromText(text);
      if (found !== null) return found;
      const built = await build();
      if (isWorthIt(built)) await orNothing(cache.set(key, toText(built), ttlMs));
      return built;
    });
  };
}
