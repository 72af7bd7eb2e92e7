import { LRUCache } from "lru-cache";
import type { Clock } from "../../kernel/clock.ts";
import type { Epochs } from "./epochs.ts";
import { answerKey, type ConditionalCache, type KnownAnswer, type Response } from "./known-answers.ts";
import type { GitHubClient } from "./octokit.ts";
import { statusOf } from "./request-failure.ts";
import { isImmutable, isOwnAlone, readResource, readsPeople, splitUrl } from "./resources.ts";
import { keepUp } from "./write-through.ts";

/**
 * How long an answer holds without asking while nothing was heard of a change, in milliseconds. Webhooks tell of changes;
 * one that gets lost is made good by the sweep of missed deliveries, and at the latest by this.
 */
const freshMs = 60 * 60 * 1000;

/** The same for what nobody but the App changes: its processes tell one another of their writes. */
const ownFreshMs = 24 * freshMs;

/** An empty cache. Without `epochs` nothing is taken for fresh. */
export function createConditionalCache(epochs: Epochs | null = null, clock: Clock = Date.now): ConditionalCache {
  return { answers: new LRUCache({ max: 5_000 }), epochs, clock };
}

/**
 * Spares reads of repositories. What no webhook said anything about since it was read, and what the App itself has
 * written since, is answered without asking. Of everything else the ETag of the last answer is sent, and a 304 is
 * answered from the cache: it does not count against the rate limit.
 *
 * What is of a repository or an organisation belongs to one installation, so no answer crosses from one to another; how
 * an account stands is everybody's to know, and GitHub is asked each time.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export function makeReadsConditional(octokit: Pick<GitHubClient, "hook" | "request">, cache: ConditionalCache): void {
  octokit.hook.wrap("request", async (request, options) => {
    // Paging gives whole addresses, every other call a template.
    const { url, headers } = octokit.request.endpoint.parse(options);
    if (splitUrl(url) === null && !readsPeople(url)) return request(options);
    if (options.method !== "GET") return keepUp(cache, url, options, async () => request(options));
    const key = answerKey(url, headers.accept);
    const known = cache.answers.get(key);
    const resource = readResource(url);
    const epoch = resource === null || cache.epochs === null ? null : await cache.epochs.of(resource);
    if (known !== undefined && isFresh(known, epoch, url, cache.clock())) return copyOf(known.response);
    if (known !== undefined && known.etag !== null) options.headers["if-none-match"] = known.etag;
    try {
      const response = await request(options);
      const etag = typeof response.headers.etag === "string" ? response.headers.etag : null;
      cache.answers.set(key, { resource, etag, response: copyOf(response), epoch, at: cache.clock() });
      return response;
    } catch (error) {
      if (known === undefined || statusOf(error) !== 304) throw error;
      cache.answers.set(key, { ...known, epoch, at: cache.clock() });
      return copyOf(known.response);
    }
  });
}

/** Octokit's paging changes the answers that it is given. */
function copyOf(response: Response): Response {
  return { ...response, data: structuredClone(response.data) };
}

function isFresh(known: Pick<KnownAnswer, "epoch" | "at">, epoch: number | null, url: string, now: number): boolean {
  if (isImmutable(url)) return true;
  return known.epoch !== null && known.epoch === epoch && now - known.at < (isOwnAlone(url) ? ownFreshMs : freshMs);
}
