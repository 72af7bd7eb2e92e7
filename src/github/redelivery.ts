import type { Logger } from "pino";
import type { GitHubClient } from "./client/octokit.ts";

export type SweepDeps = {
  /** A client that acts as the App itself, by JWT: `/app/hook/deliveries` opens to nobody else. */
  readonly octokit: GitHubClient;
  readonly log: Logger;
};

export type SweepResult = { readonly checked: number; readonly redelivered: number };

/** Pages of 100 that are read at most; GitHub keeps deliveries for about three days. */
const maxPages = 20;

/**
 * Asks GitHub again for deliveries since `since` (ms) of which no attempt succeeded: GitHub never redelivers by itself.
 * A redelivery keeps its id, so what had arrived after all has no second effect.
 *
 * @see https://docs.github.com/webhooks/using-webhooks/automatically-redelivering-failed-deliveries-for-a-github-app-webhook
 */
export async function sweepDeliveries(deps: SweepDeps, since: number): Promise<SweepResult> {
  const attempts = new Map<string, { id: number; ok: boolean }>();
  let cursor: string | undefined;
  let checked = 0;
  for (let page = 0; page < maxPages; page += 1) {
    const response = await deps.octokit.rest.apps.listWebhookDeliveries({
      per_page: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const recent = response.data.filter((delivery) => Date.parse(delivery.delivered_at) >= since);
    checked += recent.length;
    for (const delivery of recent) {
      const ok = delivery.status_code >= 200 && delivery.status_code < 300;
      const known = attempts.get(delivery.guid);
      attempts.set(delivery.guid, { id: known?.id ?? delivery.id, ok: ok || known?.ok === true });
    }
    cursor = nextCursor(response.headers.link);
    if (cursor === undefined || recent.length < response.data.length) break;
  }
  const missed = [...attempts.values()].filter((attempt) => !attempt.ok);
  for (const { id } of missed) await deps.octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
  if (missed.length > 0)
    deps.log.info({ checked, redelivered: missed.length }, "asked GitHub again for missed deliveries");
  return { checked, redelivered: missed.length };
}

function nextCursor(link: string | undefined): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return next === undefined ? undefined : (new URL(next).searchParams.get("cursor") ?? undefined);
}
