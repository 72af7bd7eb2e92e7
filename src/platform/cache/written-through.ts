import type { Logger } from "pino";
import type { Cache } from "./cache.ts";

/** How long a value is kept, in ms: whoever writes keeps it right, and this bounds what a lost write could spoil. */
const ttlMs = 60_000;
/** The same for "there is none". */
const absentTtlMs = 5_000;

/** How values become text, and back; null for a text of another version of this code. */
export type TextForm<T> = {
  readonly toText: (value: T) => string;
  readonly fromText: (text: string) => T | null;
};

export type WrittenThroughOptions<T> = TextForm<T> & {
  readonly cache: Cache;
  readonly logger: Pick<Logger, "warn">;
};

/**
 * Values with a version that are read from a cache, which their writers keep right: `expect` before the commit, `committed`
 * after it. Then no read gives an older version than one that is committed, in whatever process.
 */
export type WrittenThrough<T extends { readonly version: number }> = {
  /** The value, or null for none; `load` reads it from the graph. */
  read(key: string, load: () => Promise<T | null>): Promise<T | null>;
  /** A transaction is about to commit this version. Until `committed`, or for a while, everybody reads from the graph. */
  expect(key: string, version: number): Promise<void>;
  /** The value, with its version, is committed. */
  committed(key: string, value: T): Promise<void>;
  /** The value is about to become another one under the same version. */
  forget(key: string): Promise<void>;
};

/** Says "there is none"; no value has this text, since all are JSON objects. */
const absent = "";

/** The version of "there is none": older than any. */
const beforeAll = -1;

/**
 * Keeps values of one kind in a cache. A cache that does not answer fails no write; a reader that does reach it may then
 * see a value for up to a minute that is no more.
 */
export function createWrittenThrough<T extends { readonly version: number }>(
  options: WrittenThroughOptions<T>,
): WrittenThrough<T> {
  const { cache, logger, toText, fromText } = options;

  async function orGoOn(change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (error) {
      logger.warn({ reason: error instanceof Error ? error.message : "unknown" }, "the cache could not be kept right");
    }
  }

  return {
    async read(key, load) {
      let loaded: { readonly value: T | null } | undefined;
      const text = await cache.getOrLoad(key, async () => {
        const value = await load();
        loaded = { value };
        return value === null
          ? { value: absent, version: beforeAll, ttlMs: absentTtlMs }
          : { value: toText(value), version: value.version, ttlMs };
      });
      if (text === absent) return null;
      if (loaded?.value != null && text === toText(loaded.value)) return loaded.value;
      return fromText(text) ?? load();
    },
    expect: (key, version) => orGoOn(cache.delete(key, version)),
    committed: (key, value) => orGoOn(cache.setIfNewer(key, value.version, toText(value), ttlMs)),
    forget: (key) => orGoOn(cache.delete(key)),
  };
}
