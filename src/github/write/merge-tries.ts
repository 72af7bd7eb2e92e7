import { LRUCache } from "lru-cache";

/** How often one head is tried again by itself; with the queue's growing pauses that is about ten minutes. */
const most = 25;

/** Counts how often a merge that GitHub put off was tried again. */
export type MergeTries = {
  /** Whether this head may be tried once more by itself. */
  again(task: string, headSha: string): boolean;
};

export function createMergeTries(): MergeTries {
  const tries = new LRUCache<string, number>({ max: 10_000 });
  return {
    again(task, headSha) {
      const key = `${task}/${headSha}`;
      const count = (tries.get(key) ?? 0) + 1;
      tries.set(key, count);
      return count <= most;
    },
  };
}
