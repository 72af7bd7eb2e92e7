import type { Logger } from "pino";
import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import type { GitHubClient } from "./client/octokit.ts";

/** What a sweep knows of the ones before. Times in milliseconds since the epoch. */
export const sweepStateSchema = z.object({
  /** Everything in GitHub's log up to here was looked at, by GitHub's clock. */
  seenUntil: z.number(),
  /** Deliveries that were asked for again and did not arrive yet, by their GUID. */
  asked: z.record(z.string(), z.object({ id: z.int(), at: z.number(), times: z.int() })),
});

export type SweepState = z.infer<typeof sweepStateSchema>;

/** Keeps the state over restarts. */
export type SweepMemory = {
  readonly load: () => Promise<SweepState | null>;
  readonly save: (state: SweepState) => Promise<void>;
};

export type SweepDeps = {
  /** A client that acts as the App itself, by JWT: `/app/hook/deliveries` opens to nobody else. */
  readonly octokit: GitHubClient;
  readonly memory: SweepMemory;
  readonly clock: Clock;
  readonly log: Logger;
};

export type SweepResult = { readonly checked: number; readonly redelivered: number };

/** How long GitHub keeps its log (GITHUB.md, "Numbers"). Here and below in milliseconds. */
const logMs = 3 * 24 * 60 * 60 * 1000;
/** Looked at once more: attempts that ended late, and clocks that differ. */
const overlapMs = 10 * 60 * 1000;
/** Between two requests for one delivery; doubles up to the longest. */
const askAgainMs = { first: 5 * 60 * 1000, longest: 6 * 60 * 60 * 1000 } as const;
/** Pages of 100. Whoever comes back after three busy days finds some hundreds. */
const maxPages = 500;

type Attempt = { readonly id: number; readonly ok: boolean };

/**
 * Asks GitHub again for deliveries of which no attempt succeeded: GitHub never redelivers by itself. Looks back to where
 * the last sweep ended, at most over the three days of GitHub's log. A redelivery keeps its id, so what had arrived after
 * all has no second effect; one that fails again is asked for less and less often.
 *
 * @see https://docs.github.com/webhooks/using-webhooks/automatically-redelivering-failed-deliveries-for-a-github-app-webhook
 */
export async function sweepDeliveries(deps: SweepDeps): Promise<SweepResult> {
  const { octokit, memory, clock, log } = deps;
  const now = clock();
  const before = (await memory.load()) ?? { seenUntil: 0, asked: {} };
  const since = Math.max(now - logMs, before.seenUntil - overlapMs);
  const { attempts, newest, checked, complete } = await readLog(octokit, since);
  if (!complete) log.warn({ checked }, "the delivery log is longer than a sweep reads; its older part is left out");

  const asked: SweepState["asked"] = {};
  const missed = new Map<string, number>();
  for (const [guid, entry] of Object.entries(before.asked)) {
    if (attempts.get(guid)?.ok === true || entry.at < now - logMs) continue;
    asked[guid] = entry;
    missed.set(guid, entry.id);
  }
  for (const [guid, { id, ok }] of attempts) if (!ok) missed.set(guid, id);

  let redelivered = 0;
  for (const [guid, id] of missed) {
    const earlier = asked[guid];
    if (earlier !== undefined && now - earlier.at < pauseAfter(earlier.times)) continue;
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    asked[guid] = { id, at: now, times: (earlier?.times ?? 0) + 1 };
    redelivered += 1;
  }
  await memory.save({ seenUntil: Math.max(before.seenUntil, newest), asked });
  if (redelivered > 0) log.info({ checked, redelivered }, "asked GitHub again for missed deliveries");
  return { checked, redelivered };
}

function pauseAfter(times: number): number {
  return Math.min(askAgainMs.longest, askAgainMs.first * 2 ** Math.min(times - 1, 10));
}

/** Reads the log, newest first, back to `since`: by GUID the newest attempt's id, and whether any succeeded. */
async function readLog(octokit: GitHubClient, since: number) {
  const attempts = new Map<string, Attempt>();
  let cursor: string | undefined;
  let checked = 0;
  let newest = 0;
  for (let page = 0; page < maxPages; page += 1) {
    const given = cursor === undefined ? {} : { cursor };
    const response = await octokit.rest.apps.listWebhookDeliveries({ per_page: 100, ...given });
    const recent = response.data.filter((delivery) => Date.parse(delivery.delivered_at) >= since);
    checked += recent.length;
    for (const delivery of recent) {
      const ok = delivery.status_code >= 200 && delivery.status_code < 300;
      const known = attempts.get(delivery.guid);
      attempts.set(delivery.guid, { id: known?.id ?? delivery.id, ok: ok || known?.ok === true });
      newest = Math.max(newest, Date.parse(delivery.delivered_at));
    }
    cursor = nextCursor(response.headers.link);
    if (cursor === undefined || recent.length < response.data.length) {
      return { attempts, newest, checked, complete: true };
    }
  }
  return { attempts, newest, checked, complete: false };
}

function nextCursor(link: string | undefined): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? "")?.[1];
  return next === undefined ? undefined : (new URL(next).searchParams.get("cursor") ?? undefined);
}
