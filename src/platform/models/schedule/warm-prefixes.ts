import { LRUCache } from "lru-cache";

/** Where prompts that begin alike were sent, and so where the server's prefix cache may serve them. */
export type WarmPrefixes = {
  isWarm(prefix: string, host: string): boolean;
  sent(prefix: string, host: string): void;
  /** The host lost its cache: it was restarted, or serves another model. */
  forget(host: string): void;
};

/** Councils that run at once are far fewer; a server's cache drops the oldest as well. */
const kept = 2_000;

export function createWarmPrefixes(): WarmPrefixes {
  const hostsOf = new LRUCache<string, ReadonlyMap<string, number>>({ max: kept });
  /** Counts how often a host lost its cache: what was sent before does not count. */
  const losses = new Map<string, number>();
  const lossesOf = (host: string): number => losses.get(host) ?? 0;
  return {
    isWarm: (prefix, host) => hostsOf.get(prefix)?.get(host) === lossesOf(host),
    sent(prefix, host) {
      hostsOf.set(prefix, new Map([...(hostsOf.get(prefix) ?? []), [host, lossesOf(host)]]));
    },
    forget(host) {
      losses.set(host, lossesOf(host) + 1);
    },
  };
}
