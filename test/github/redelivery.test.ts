import { pino } from "pino";
import { ProbotOctokit } from "probot";
import { expect, test } from "vitest";
import { type SweepState, sweepDeliveries } from "../../src/github/redelivery.ts";

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

function start() {
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
  const kept: { state: SweepState | null } = { state: null };
  const time = { now: Date.parse(at(10)) };
  const memory = {
    load: async () => kept.state,
    save: async (state: SweepState) => {
      kept.state = state;
    },
  };
  const sweep = () => sweepDeliveries({ octokit, memory, clock: () => time.now, log: pino({ level: "silent" }) });
  return { again, kept, time, sweep };
}

const lost = "/app/hook/deliveries/8/attempts";
const old = "/app/hook/deliveries/4/attempts";

test("asks again, once, for deliveries of which no attempt arrived, on every page", async () => {
  const { again, kept, sweep } = start();
  expect(await sweep()).toEqual({ checked: 6, redelivered: 2 });
  expect(again.toSorted()).toEqual([old, lost].toSorted());
  expect(kept.state?.seenUntil).toBe(Date.parse(at(9)));
  expect(await sweep(), "what was just asked for is on its way").toMatchObject({ redelivered: 0 });
});

test("goes on where the last sweep ended, and looks back three days at most", async () => {
  const { kept, time, sweep } = start();
  kept.state = { seenUntil: Date.parse(at(17)), asked: {} };
  expect(await sweep()).toMatchObject({ checked: 3 });
  kept.state = null;
  time.now += 3 * 24 * 60 * 60_000;
  expect(await sweep()).toEqual({ checked: 0, redelivered: 0 });
});

test("asks less and less often for what fails again, and no more once it arrived", async () => {
  const { again, kept, time, sweep } = start();
  await sweep();
  const asks = async (minutes: number) => {
    time.now += minutes * 60_000;
    const before = again.length;
    await sweep();
    return again.slice(before).includes(lost);
  };
  expect([await asks(4), await asks(1), await asks(9), await asks(1), await asks(19)]).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  pages[""] = { body: [attempt(10, "lost", 45, 202)] };
  expect(await asks(5)).toBe(false);
  expect(Object.keys(kept.state?.asked ?? {})).toEqual(["too-old"]);
});
