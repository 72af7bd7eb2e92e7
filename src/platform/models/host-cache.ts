import type { HostState } from "./model-hosts.ts";

/** A host's name and port: its URL may hold credentials and a path. */
export function hostName(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "unknown";
}

/** How often a host's prefix cache served, as its own metrics say: hits of queries, in tokens since the server started. */
export type HostCache = { readonly host: string; readonly prefixCacheHitRate: number | null };

/** Null where a host does not tell, or nothing was looked up yet. */
export function hostCacheOf({ host, metrics }: HostState): HostCache {
  const told = metrics?.prefixCache ?? null;
  return {
    host: hostName(host),
    prefixCacheHitRate: told === null || told.queries === 0 ? null : told.hits / told.queries,
  };
}
