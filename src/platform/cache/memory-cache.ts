import { LRUCache } from "lru-cache";
import { type Cache, type Loaded, tombstoneMs } from "./cache.ts";
import { createSingleFlight } from "./single-flight.ts";

/** `value` is undefined in a tombstone. */
type Entry = { readonly version: number; readonly value: string | undefined };

export type MemoryCacheOptions = {
  /** Entries are dropped, least recently used first, above this many; default 10,000. */
  readonly maxEntries?: number;
  /** The same for the sum of keys and values, in UTF-16 units; default 64 Mi. */
  readonly maxSize?: number;
};

/** The cache of a process on its own. */
export function createMemoryCache(options: MemoryCacheOptions = {}): Cache {
  const entries = new LRUCache<string, Entry>({
    max: options.maxEntries ?? 10_000,
    maxSize: options.maxSize ?? 64 * 1024 * 1024,
    sizeCalculation: (entry, key) => key.length + (entry.value?.length ?? 0) + 1,
  });
  const once = createSingleFlight<string>();

  function put(key: string, entry: Entry, ttlMs: number): void {
    entries.set(key, entry, { ttl: ttlMs });
  }

  async function loadAndKeep(key: string, load: () => Promise<Loaded>): Promise<string> {
    const { value, version, ttlMs } = await load();
    const meanwhile = entries.get(key);
    if (meanwhile === undefined) {
      put(key, { version, value }, ttlMs);
    }
    return meanwhile?.value ?? value;
  }

  return {
    get: async (key) => entries.get(key)?.value,
    async set(key, value, ttlMs) {
      put(key, { version: entries.get(key)?.version ?? 0, value }, ttlMs);
    },
    async setIfNewer(key, version, value, ttlMs) {
      const present = entries.get(key);
      if (present !== undefined && !isNewer(version, present)) {
        return false;
      }
      put(key, { version, value }, ttlMs);
      return true;
    },
    async delete(key, version) {
      const present = entries.get(key);
      if (present?.value !== undefined && version !== undefined && present.version >= version) return;
      put(key, { version: Math.max(present?.version ?? 0, version ?? 0), value: undefined }, tombstoneMs);
    },
    async getOrLoad(key, load) {
      const present = entries.get(key);
      if (present === undefined) return once(key, () => loadAndKeep(key, load));
      return present.value ?? loadAndKeep(key, load);
    },
    ping: () => Promise.resolve(),
    async close() {
      entries.clear();
    },
  };
}

function isNewer(version: number, present: Entry): boolean {
  return present.value === undefined ? version >= present.version : version > present.version;
}
