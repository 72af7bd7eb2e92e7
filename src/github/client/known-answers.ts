import type { LRUCache } from "lru-cache";
import type { Clock } from "../../kernel/clock.ts";
import type { Epochs } from "./epochs.ts";
import type { GitHubClient } from "./octokit.ts";

export type Response = Awaited<ReturnType<GitHubClient["request"]>>;

/** An answer that was read, or that follows from what was written since. */
export type KnownAnswer = {
  /** See `readResource`. */
  readonly resource: string | null;
  readonly response: Response;
  readonly etag: string | null;
  /** The resource's epoch in which it is true; null where it is only good for its ETag. */
  readonly epoch: number | null;
  /** When it was last heard from GitHub, in milliseconds. */
  readonly at: number;
};

/** What is known of GitHub's answers, by URL and media type; shared by the clients of one process. */
export type ConditionalCache = {
  readonly answers: LRUCache<string, KnownAnswer>;
  /** Who hears of changes; null where nobody does: then everything is asked for, with its ETag. */
  readonly epochs: Epochs | null;
  readonly clock: Clock;
};

/** The key of an answer. */
export function answerKey(url: string, accept: string | undefined): string {
  return `${url} ${accept ?? ""}`;
}
