import { LRUCache } from "lru-cache";
import type { GitHubClient } from "./octokit.ts";
import { statusOf } from "./request-failure.ts";

type Response = Awaited<ReturnType<GitHubClient["request"]>>;
type CachedResponse = { readonly etag: string; readonly response: Response };

/** Responses kept for conditional requests, by URL; shared by the clients of one process. */
export type ConditionalCache = LRUCache<string, CachedResponse>;

/** A cache of `max` responses. */
export function createConditionalCache(max = 500): ConditionalCache {
  return new LRUCache({ max });
}

/**
 * Makes every read of a repository conditional: the ETag of the last answer is sent, and a 304 is answered from the
 * cache. A 304 does not count against the rate limit.
 *
 * Only `/repos/…` is cached: a repository belongs to one installation, so no answer crosses from one to another.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
 */
export function makeReadsConditional(octokit: Pick<GitHubClient, "hook" | "request">, cache: ConditionalCache): void {
  octokit.hook.wrap("request", async (request, options) => {
    if (options.method !== "GET" || !options.url.startsWith("/repos/")) return request(options);
    const { url, headers } = octokit.request.endpoint.parse(options);
    const key = `${url} ${headers.accept ?? ""}`;
    const cached = cache.get(key);
    if (cached !== undefined) options.headers["if-none-match"] = cached.etag;
    try {
      const response = await request(options);
      if (typeof response.headers.etag === "string") cache.set(key, { etag: response.headers.etag, response });
      return response;
    } catch (error) {
      if (cached !== undefined && statusOf(error) === 304) return cached.response;
      throw error;
    }
  });
}
