import { LRUCache } from "lru-cache";
import type { Change } from "./read-change.ts";

/** Whom a pull request was made to ask: for which commit, and at which gate (`ReviewsWanted` as text). */
export type ReviewAsk = {
  readonly headSha: string;
  readonly gate: string;
  /** How many gates had decided before. */
  readonly decided: number;
  /** Whether everybody could be asked. */
  readonly all: boolean;
};

/** What this process asked last for each pull request: it spares looks at GitHub, and is not needed to be right. */
export type ReviewAsks = {
  last(pullRequest: string): ReviewAsk | undefined;
  note(pullRequest: string, ask: ReviewAsk): void;
  /** What a pull request changes at a commit: read once, unless the read failed. */
  change(pullRequest: string, headSha: string, read: () => Promise<Change | null>): Promise<Change | null>;
};

export function createReviewAsks(): ReviewAsks {
  const asks = new LRUCache<string, ReviewAsk>({ max: 10_000 });
  /** A change may have thousands of paths. */
  const changes = new LRUCache<string, Promise<Change | null>>({ max: 200 });
  return {
    last: (pullRequest) => asks.get(pullRequest),
    note: (pullRequest, ask) => void asks.set(pullRequest, ask),
    async change(pullRequest, headSha, read) {
      const key = `${pullRequest} ${headSha}`;
      const known = changes.get(key) ?? read();
      changes.set(key, known);
      try {
        return await known;
      } catch (error) {
        if (changes.get(key) === known) changes.delete(key);
        throw error;
      }
    },
  };
}
