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
  /** Forgets the value. A load that began before does not bring it back. */
  delete(key: string): Promise<void>;
  /**
   * The value, or what `load` gives, which is then stored. However many ask at once in one process, `load` runs once; its
   * error goes to all of them and is not stored. What somebody else wrote or deleted meanwhile is left alone. A cache that
   * does not answer counts as empty.
   */
  getOrLoad(key: string, ttlMs: number, load: () => Promise<string>): Promise<string>;
  /** Resolves when the cache answers; rejects with the cause otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How long a deleted key remembers its version, and keeps out loads that began before, in ms. */
export const tombstoneMs = 10_000;
