import { LRUCache } from "lru-cache";

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
};

export function createReviewAsks(): ReviewAsks {
  const asks = new LRUCache<string, ReviewAsk>({ max: 10_000 });
  return {
    last: (pullRequest) => asks.get(pullRequest),
    note: (pullRequest, ask) => void asks.set(pullRequest, ask),
  };
}
