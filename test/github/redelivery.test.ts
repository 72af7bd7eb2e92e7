import { pino } from "pino";
import { ProbotOctokit } from "probot";
import { expect, test } from "vitest";
import { sweepDeliveries } from "../../src/github/redelivery.ts";

const at = (minute: number) => `2026-01-01T10:${String(minute).padStart(2, "0")}:00Z`;
const attempt = (id: number, guid: string, minute: number, status_code: number) => ({
  id,
  guid,
  delivered_at: at(minute),
  status_code,
});

/** GitHub's log, newest first, on two pages. */
const pages: Record<string, { body: unknown; next?: string }> = {
  "": {
    body: [attempt(9, "healed", 9, 202), attempt(8, "lost", 8, 502), attempt(7, "healed", 7, 500)],
    next: "c2",
  },
  c2: { body: [attempt(6, "lost", 6, 0), attempt(5, "fine", 5, 200), attempt(4, "too-old", 1, 500)] },
};

test("asks again, once, for deliveries of which no attempt arrived since then", async () => {
  const again: string[] = [];
  const fetch = async (input: string | URL, init?: { method?: string }) => {
    const url = new URL(input);
    if (init?.method === "POST") {
      again.push(url.pathname);
      return Response.json({}, { status: 202 });
    }
    const page = pages[url.searchParams.get("cursor") ?? ""];
    const link =
      page?.next === undefined
        ? {}
        : { link: `<https://api.github.com/app/hook/deliveries?cursor=${page.next}>; rel="next"` };
    return Response.json(page?.body, { headers: link });
  };
  const octokit = new ProbotOctokit({ request: { fetch }, retry: { enabled: false }, throttle: { enabled: false } });
  const result = await sweepDeliveries({ octokit, log: pino({ level: "silent" }) }, Date.parse(at(4)));
  expect(result).toEqual({ checked: 5, redelivered: 1 });
  expect(again).toEqual(["/app/hook/deliveries/8/attempts"]);
});
