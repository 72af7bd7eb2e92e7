/**
 * A cache beside the graph: what is in it may always be lost, and is never newer than the graph.
 *
 * A key's values carry a version (the aggregate's), so that writers need no order among themselves: who committed
 * version 7 writes `setIfNewer(key, 7, …)`, and a slower writer of version 6 changes nothing.
 */
export interface Cache {
  /** The value, or undefined when there is none or its time is over. */
  get(key: string): Promise<string | undefined>;
  /** Stores the value whatever is there, for that many ms; a version stored before stays. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /**
   * Stores the value unless one of the same or a higher version is there. True when it was stored. A deleted key keeps its
   * version for a while (`tombstoneMs`) and takes the same one back, but no older one.
   */
  setIfNewer(key: string, version: number, value: string, ttlMs: number): Promise<boolean>;
  /**
   * Forgets the value, or only one older than `version` where that is given; nothing older comes in afterwards. For
   * `tombstoneMs` no load brings anything back: whoever is about to commit a version calls it before, and `setIfNewer`
   * after, so that nobody reads an older one from here once it is committed.
   */
  delete(key: string, version?: number): Promise<void>;
  /**
   * The value, or what `load` gives, which is then stored. However many ask at once in one process, `load` runs once, and
   * once in each of several processes; its error goes to all of them and is not stored. After a `delete` everybody loads
   * for itself: a load that runs may have begun before. What somebody else wrote or deleted meanwhile is left alone. A
   * cache that does not answer counts as empty.
   */
  getOrLoad(key: string, load: () => Promise<Loaded>): Promise<string>;
  /** Resolves when the cache answers; rejects with the cause otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What a load found: its version (0 for what has none), and for how many ms it may be kept. */
export type Loaded = { readonly value: string; readonly version: number; readonly ttlMs: number };

/** How long a deleted key remembers its version, and keeps out loads, in ms: longer than any transaction may take. */
export const tombstoneMs = 40_000;
