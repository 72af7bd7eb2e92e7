import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConcurrencyLimit,
  createConcurrencyLimit,
  isQueueing,
  paceOf,
} from "../../../../src/platform/models/schedule/concurrency-limit.ts";

/** Rounds of as many requests as the limit allows, to a server that works on `capacity` at once and lets the rest wait. */
function rounds(limit: ConcurrencyLimit, capacity: number, count: number, base = 10): void {
  for (let round = 0; round < count; round++) {
    const inFlight = limit.current;
    const pace = base * Math.max(1, inFlight / capacity);
    for (let n = 0; n < inFlight; n++) limit.answered(pace, inFlight);
  }
}

function looks(limit: ConcurrencyLimit, capacity: number, count: number, others = 0): void {
  for (let look = 0; look < count; look++) {
    const inFlight = limit.current + others;
    limit.observed({ running: Math.min(capacity, inFlight), waiting: Math.max(0, inFlight - capacity) }, limit.current);
  }
}

describe("how many requests at once a host is given", () => {
  it.each([2, 8, 40, 200])("grows to what a server of %i slots takes, by its own queue", (capacity) => {
    const limit = createConcurrencyLimit({ initial: 8, max: 256 });
    looks(limit, capacity, 300);
    expect(limit.current).toBeGreaterThanOrEqual(Math.floor(capacity * 0.75));
    expect(limit.current).toBeLessThanOrEqual(Math.ceil(capacity * 1.2) + 3);
  });

  it.each([2, 8, 40])("grows to what a server of %i slots takes, by the pace of its answers", (capacity) => {
    const limit = createConcurrencyLimit({ initial: 1, max: 256 });
    rounds(limit, capacity, 200);
    expect(limit.current).toBeGreaterThanOrEqual(capacity);
    expect(limit.current).toBeLessThanOrEqual(capacity * 3);
  });

  it("makes room for what other processes send to the same server", () => {
    const limit = createConcurrencyLimit({ initial: 8, max: 256 });
    looks(limit, 40, 100);
    looks(limit, 40, 100, 30);
    expect(limit.current).toBeLessThanOrEqual(20);
  });

  it("does not grow while it is not used up", () => {
    const limit = createConcurrencyLimit({ initial: 8, max: 256 });
    for (let n = 0; n < 100; n++) limit.answered(10, 3);
    for (let n = 0; n < 100; n++) limit.observed({ running: 3, waiting: 0 }, 3);
    expect(limit.current).toBe(8);
  });

  it("takes a queue of a moment for none", () => {
    const limit = createConcurrencyLimit({ initial: 8, max: 256 });
    for (let n = 0; n < 100; n++) limit.observed({ running: 8, waiting: n % 2 === 0 ? 8 : 0 }, limit.current);
    expect(limit.current).toBeGreaterThan(8);
  });

  it("halves once for a burst of refusals, not once for each", () => {
    const limit = createConcurrencyLimit({ initial: 32, max: 256 });
    for (let n = 0; n < 32; n++) limit.overloaded();
    expect(limit.current).toBe(16);
  });

  it("goes by the pace again when the server does not tell its queue any more", () => {
    const limit = createConcurrencyLimit({ initial: 8, max: 256 });
    looks(limit, 8, 50);
    limit.observed(null, 8);
    const before = limit.current;
    rounds(limit, 100, 50);
    expect(limit.current).toBeGreaterThan(before);
  });

  it("finds its way again when the host itself gets much slower", () => {
    const limit = createConcurrencyLimit({ initial: 8, max: 256 });
    rounds(limit, 20, 100);
    rounds(limit, 20, 300, 80);
    expect(limit.current).toBeGreaterThanOrEqual(20);
  });

  it("stays between 1 and its maximum, whatever happens", () => {
    const count = fc.nat({ max: 500 });
    const happening = fc.oneof(
      fc.tuple(fc.constant("answered" as const), fc.double({ min: 0, max: 1e6, noNaN: true }), count),
      fc.tuple(fc.constant("overloaded" as const), fc.constant(0), fc.constant(0)),
      fc.tuple(fc.constant("observed" as const), count, count),
    );
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 300 }), fc.integer({ min: 1, max: 64 }), (happenings, max) => {
        const limit = createConcurrencyLimit({ initial: 8, max });
        for (const [kind, x, y] of happenings) {
          if (kind === "answered") limit.answered(x, y);
          else if (kind === "overloaded") limit.overloaded();
          else limit.observed({ running: x, waiting: y }, limit.current);
          expect(limit.current).toBeGreaterThanOrEqual(1);
          expect(limit.current).toBeLessThanOrEqual(max);
        }
      }),
    );
  });
});

it("a queue is more than what fills the next batch", () => {
  expect(isQueueing({ running: 8, waiting: 2 })).toBe(false);
  expect(isQueueing({ running: 8, waiting: 3 })).toBe(true);
  expect(isQueueing({ running: 100, waiting: 10 })).toBe(false);
});

it("the pace of a long answer and of a short one compare", () => {
  expect(paceOf(10_100, 1_600, 1_000)).toBeCloseTo(paceOf(5_050, 800, 499.5), 5);
});
