import { z } from "zod";
import { answerKey, type ConditionalCache } from "./known-answers.ts";
import type { Slice } from "./octokit.ts";
import { readResource } from "./resources.ts";

/** How far GitHub's clock and ours may be apart, in milliseconds. */
const skewMs = 60_000;

/** `distinct`: nobody pushed the commit before. `pushed_at`: seconds, in pushes alone. */
const push = z.object({
  head_commit: z.object({ id: z.string(), distinct: z.literal(true) }),
  repository: z.object({ name: z.string(), owner: z.object({ login: z.string() }), pushed_at: z.int() }),
});

/**
 * A commit that was pushed for the first time, while its events were listened to (`since`, in milliseconds), has no status
 * until one is heard of: that need not be asked. What is known of one that has some already is left, and is not fresh.
 *
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads#push
 */
export function expectNoStatuses(
  cache: ConditionalCache,
  octokit: Slice<"repos", "getCombinedStatusForRef">,
  payload: unknown,
  since: number,
): void {
  const parsed = push.safeParse(payload);
  if (!parsed.success || parsed.data.repository.pushed_at * 1_000 < since + skewMs) return;
  const { head_commit: head, repository } = parsed.data;
  const where = { owner: repository.owner.login, repo: repository.name, ref: head.id };
  const { url, headers } = octokit.rest.repos.getCombinedStatusForRef.endpoint(where);
  const key = answerKey(url, headers.accept);
  if (cache.answers.has(key)) return;
  const data = { state: "pending", sha: head.id, total_count: 0, statuses: [] };
  const response = { status: 200, url, headers: {}, data } as const;
  cache.answers.set(key, { resource: readResource(url), response, etag: null, epoch: 0, at: cache.clock() });
}
