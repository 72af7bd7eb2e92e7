import { LRUCache } from "lru-cache";
import type { GitHubClient } from "./octokit.ts";

type Response = Awaited<ReturnType<GitHubClient["request"]>>;

/**
 * Makes paging work on servers that are not github.com. The link to the next page is followed on the address that was
 * asked: behind a proxy, or in another network, the server's own name for itself may lead nowhere, and `/repositories/:id`
 * (which GitHub's links use) may not be there. A full page without any link is followed by the next one, until one is not
 * full or comes twice.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function mendPageLinks(octokit: Pick<GitHubClient, "hook" | "request">): void {
  /** By list: the first item of the page that was guessed last. */
  const guessed = new LRUCache<string, string>({ max: 200 });
  octokit.hook.wrap("request", async (request, options) => {
    const response = await request(options);
    if (options.method !== "GET") return response;
    const asked = new URL(octokit.request.endpoint.parse(options).url);
    const next = nextOf(asked, response, guessed);
    return next === null ? response : { ...response, headers: { ...response.headers, link: `<${next}>; rel="next"` } };
  });
}

function nextOf(asked: URL, response: Response, guessed: LRUCache<string, string>): string | null {
  const { link } = response.headers;
  if (typeof link === "string" && link !== "") {
    const target = /<([^<>]+)>;\s*rel="next"/.exec(link)?.[1];
    if (target === undefined || !URL.canParse(target, asked.href)) return null;
    const next = new URL(asked);
    for (const [name, value] of new URL(target, asked).searchParams) next.searchParams.set(name, value);
    return next.href;
  }
  return guessNext(asked, response.data, guessed);
}

function guessNext(asked: URL, data: unknown, guessed: LRUCache<string, string>): string | null {
  const size = Number(asked.searchParams.get("per_page") ?? 0);
  const items = itemsOf(data);
  if (size < 2 || items.length !== size) return null;
  const page = Number(asked.searchParams.get("page") ?? 1);
  const next = new URL(asked);
  next.searchParams.delete("page");
  const list = next.href;
  const first = JSON.stringify(items[0]);
  // The same page again: the server knows no pages.
  if (page > 1 && guessed.get(list) === first) return null;
  guessed.set(list, first);
  next.searchParams.set("page", String(page + 1));
  return next.href;
}

/** The items of a list: bare, or beside their `total_count`. */
function itemsOf(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  if (typeof data !== "object" || data === null || !("total_count" in data)) return [];
  return Object.values(data).find((value) => Array.isArray(value)) ?? [];
}
