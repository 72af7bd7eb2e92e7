import type { Valkey } from "iovalkey";
import { LRUCache } from "lru-cache";

/**
 * How often each resource changed, as far as was heard: what was read in an earlier epoch is asked for again. Shared by
 * the process that hears of changes and those that read.
 */
export interface Epochs {
  of(resource: string): Promise<number>;
  /** The resource changed; returns its new epoch. */
  raise(resource: string): Promise<number>;
}

/** Longer than anything that was read is taken for fresh (`ownFreshMs`), in milliseconds. */
const keptMs = 26 * 60 * 60 * 1000;

/** Epochs of one process. */
export function createMemoryEpochs(): Epochs {
  const epochs = new LRUCache<string, number>({ max: 200_000, ttl: keptMs });
  return {
    of: async (resource) => epochs.get(resource) ?? 0,
    async raise(resource) {
      const next = (epochs.get(resource) ?? 0) + 1;
      epochs.set(resource, next);
      return next;
    },
  };
}

/** Epochs on Valkey, for all processes. */
export function createValkeyEpochs(client: Valkey, prefix = "fleet"): Epochs {
  const key = (resource: string) => `${prefix}:epoch:${resource}`;
  return {
    of: async (resource) => Number((await client.get(key(resource))) ?? 0),
    async raise(resource) {
      const next = await client.incr(key(resource));
      await client.pexpire(key(resource), keptMs);
      return next;
    },
  };
}
