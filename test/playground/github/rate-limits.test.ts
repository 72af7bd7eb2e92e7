import { describe, expect, it } from "vitest";
import type { Actor } from "../../../src/playground/github/actor.ts";
import { documentedLimits, RateLimits } from "../../../src/playground/github/rate-limits.ts";

const installation = { kind: "installation", installation: { id: 7 } } as unknown as Actor;
const secondMs = 1_000;

/** Limits on a clock that stands still until it is told. */
function limits(changes: Partial<typeof documentedLimits> = {}) {
  let now = Date.UTC(2030, 0, 7);
  const enforced = new RateLimits({ ...documentedLimits, ...changes }, () => now);
  const ask = (method: "GET" | "POST" | "PATCH", creates = false, status = 200) => {
    const visit = enforced.enter(installation, method, creates);
    visit.leave(status);
    return visit;
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { ask, pass, exceeded: () => Object.fromEntries(enforced.exceeded), enforced };
}

describe("the limits of an installation", () => {
  it("count a write within a second of another, which GitHub asks not to do and answers all the same", () => {
    const { ask, pass, exceeded, enforced } = limits();
    ask("POST", true);
    ask("GET");
    pass(secondMs);
    ask("PATCH");
    expect(exceeded()).toEqual({});
    pass(secondMs - 1);
    expect(ask("POST", true).refusal).toBeNull();
    expect([exceeded(), enforced.violations]).toEqual([{ writeGapMs: 1 }, 1]);
  });

  it("refuse content, points and requests beyond what a minute or an hour allows", () => {
    const { ask, pass, exceeded } = limits({ contentPerMinute: 2, contentPerHour: 3, pointsPerMinute: 20 });
    for (let n = 0; n < 2; n += 1, pass(secondMs)) expect(ask("POST", true).refusal).toBeNull();
    expect(ask("POST", true).refusal?.headers).toEqual({ "retry-after": "60" });
    pass(60 * secondMs);
    expect(ask("POST", true).refusal?.status).toBe(403);
    for (let n = 0; n < 16; n += 1) ask("GET");
    expect(exceeded()).toEqual({ contentPerMinute: 1, contentPerHour: 1, pointsPerMinute: 1 });
  });

  it("tell how many requests of the hour are left; a 304 takes none, and the next hour has all of them", () => {
    const { ask, pass, exceeded } = limits({ requestsPerHour: 2 });
    const left = (visit: ReturnType<typeof ask>) => visit.headers["x-ratelimit-remaining"];
    expect([left(ask("GET")), left(ask("GET", false, 304)), left(ask("GET"))]).toEqual(["1", "0", "0"]);
    const refused = ask("GET");
    expect([refused.refusal?.status, left(refused)]).toEqual([403, "0"]);
    expect(Number(refused.headers["x-ratelimit-reset"]) * secondMs).toBe(Date.UTC(2030, 0, 7, 1));
    pass(3_600 * secondMs);
    expect([ask("GET").refusal, exceeded()]).toEqual([null, { requestsPerHour: 1 }]);
  });
});
